<?php
/**
 * Has PHP compile and link what MediaWiki's answers need (learn.py) before the first request: half the time of each answer
 * would else go into including a thousand files, compiled or not. The server's log names classes that PHP leaves out.
 */
foreach ( array_unique( file( getenv( 'OABOT_FARM_STATE' ) . '/used.txt', FILE_IGNORE_NEW_LINES ) ) as $file ) {
	// A file that does more than declare has to be included: a class from here would come without its alias or constants.
	if ( !preg_match( '/^(\$|const |if |return |require|include|\\\\?\w+(::\w+)?\()/m', file_get_contents( $file ) ) ) {
		opcache_compile_file( $file );
	}
}
