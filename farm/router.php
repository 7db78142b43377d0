<?php
/**
 * The URLs of a Wikimedia wiki for PHP's built-in web server: /w/api.php, /w/index.php, /w/load.php,
 * /w/rest.php, /wiki/Title, and the files below resources, skins and extensions.
 */
$code = '/usr/share/mediawiki';
$path = rawurldecode( parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) ?: '/' );

if ( preg_match( '#^/w/(api|index|load|rest)\.php(/.*)?$#s', $path, $parts ) ) {
	[ $script, $_SERVER['PATH_INFO'] ] = [ "$parts[1].php", $parts[2] ?? '' ];
} elseif ( $path === '/' || str_starts_with( $path, '/wiki/' ) ) {
	// MediaWiki itself reads the title out of REQUEST_URI ($wgArticlePath).
	[ $script, $_SERVER['PATH_INFO'] ] = [ 'index.php', '' ];
} else {
	$types = [ 'css' => 'text/css', 'js' => 'text/javascript', 'json' => 'application/json', 'svg' => 'image/svg+xml',
		'png' => 'image/png', 'gif' => 'image/gif', 'woff2' => 'font/woff2' ];
	$type = $types[pathinfo( $path, PATHINFO_EXTENSION )] ?? null;
	// Debian links extensions and skins to other folders, so it is the path asked for that must not climb.
	$allowed = preg_match( '#^/w/((?:resources|skins|extensions)/.+)$#s', $path, $parts ) && !str_contains( $path, '..' );
	if ( !$type || !$allowed || !is_file( "$code/$parts[1]" ) ) {
		http_response_code( 404 );
		echo "not found\n";
		return true;
	}
	header( "Content-Type: $type" );
	readfile( "$code/$parts[1]" );
	return true;
}

if ( getenv( 'OABOT_FARM_LEARN' ) ) {
	register_shutdown_function( static function () use ( $code ) {
		$list = getenv( 'OABOT_FARM_STATE' ) . '/used.txt';
		$used = preg_grep( "#^$code/.+/#", get_included_files() ); // not the entry points, which run when they are read
		file_put_contents( $list, implode( "\n", $used ) . "\n", FILE_APPEND | LOCK_EX );
	} );
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = "/w/$script";
$_SERVER['SCRIPT_FILENAME'] = "$code/$script";
chdir( $code );
require "$code/$script";
return true;
