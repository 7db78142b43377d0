<?php
/**
 * Settings of every wiki of the farm: MediaWiki 1.39 as Debian 12 ships it, SQLite, loopback only, Wikimedia-like.
 *
 * farm.py says by environment which wiki this is (OABOT_FARM_WIKI), where its state is and from which port on.
 * Tests steer a running wiki by files; each request reads them anew:
 *   ctl/<db>.readonly   any text: the wiki is read-only, and the text is the reason
 *   ctl/<db>.maxlag     a number: the replication lag in seconds that maxlag sees
 *   ctl/<db>.translate.json, ctl/<db>.globalusers.json   see translate/load.php
 *   ctl/<db>.php        more settings, read last (rate limits, rights, an HTTP error)
 */
if ( !defined( 'MEDIAWIKI' ) ) {
	exit;
}

$farmWiki = getenv( 'OABOT_FARM_WIKI' );
$farmState = getenv( 'OABOT_FARM_STATE' );
$farmWikis = array_column( json_decode( file_get_contents( __DIR__ . '/wikis.json' ), true ), null, 'dbname' );
if ( !$farmState || !isset( $farmWikis[$farmWiki] ) ) {
	die( "OABOT_FARM_WIKI and OABOT_FARM_STATE must name a wiki of the farm and its folder\n" );
}

// ---- what each wiki of the farm is to itself and to the others ----
foreach ( $farmWikis as $farmName => $farmRow ) {
	$farmServer = 'http://127.0.0.1:' . ( (int)getenv( 'OABOT_FARM_PORT' ) + $farmRow['offset'] );
	foreach ( [
		'wgServer' => $farmServer, 'wgCanonicalServer' => $farmServer,
		'wgScriptPath' => '/w', 'wgArticlePath' => '/wiki/$1',
		'wgLanguageCode' => $farmRow['lang'], 'wgSitename' => $farmRow['name'],
	] as $farmSetting => $farmValue ) {
		$wgConf->settings[$farmSetting][$farmName] = $farmValue;
		if ( $farmName === $farmWiki ) {
			$GLOBALS[$farmSetting] = $farmValue;
		}
	}
}
$wgConf->suffixes = [ 'wiki' ];
$wgConf->wikis = $wgLocalDatabases = array_keys( $farmWikis );
$wgUserrightsInterwikiDelimiter = '@';
$wgMetaNamespace = str_replace( ' ', '_', $wgSitename );
$wgUsePathInfo = true;

// ---- databases: all in one folder, or userrights of X@zhwiki on meta would not find zhwiki ----
$wgDBtype = 'sqlite';
$wgDBname = $farmWiki;
$wgSQLiteDataDir = "$farmState/data";
// What the machine loses when it crashes is built again: no commit waits for the disk.
$farmQuick = [ 'type' => 'sqlite', 'tablePrefix' => '', 'variables' => [ 'synchronous' => 'OFF' ] ];
$wgDBservers = [ [ 'dbname' => $farmWiki, 'load' => 1, 'flags' => DBO_DEFAULT ] + $farmQuick ];
$farmSqlite = static fn ( string $purpose ) => [
	'dbname' => "{$farmWiki}_$purpose", 'dbDirectory' => $wgSQLiteDataDir, 'trxMode' => 'IMMEDIATE', 'flags' => 0,
] + $farmQuick;
$wgJobTypeConf['default'] = [ 'class' => 'JobQueueDB', 'claimTTL' => 3600, 'server' => $farmSqlite( 'jobqueue' ) ];
$wgJobRunRate = 0;
// Sessions are kept in the database, nothing else is kept: in SQLite a cache costs more than it saves, and pages that are
// rendered anew need no job to be run. Rate limits count in the main cache: who tries them sets one.
$wgObjectCaches[CACHE_DB] = [ 'class' => SqlBagOStuff::class, 'server' => $farmSqlite( 'cache' ) ];
$wgSessionCacheType = CACHE_DB;
$wgMainCacheType = $wgMainStash = $wgParserCacheType = $wgMessageCacheType = $wgLanguageConverterCacheType = CACHE_NONE;
$wgCacheDirectory = "$farmState/cache/$farmWiki";
$wgLocalisationCacheConf['store'] = 'array';
$wgLocalisationCacheConf['storeDirectory'] = $wgCacheDirectory;
// Another MediaWiki makes other wikis (farm.py): no request looks whether a file of messages is a new one.
$wgHooks['LocalisationCacheRecache'][] = static function ( $cache, $code, &$data ) {
	$data['deps'] = [];
};

// ---- recent changes: to stream.py, which serves them as Wikimedia's stream does ----
$wgRCFeeds['stream'] = [
	'uri' => 'udp://127.0.0.1:' . ( (int)getenv( 'OABOT_FARM_PORT' ) + 16 ),
	'formatter' => JSONRCFeedFormatter::class,
];

// ---- quiet, alone, quick ----
$wgLocaltimezone = 'UTC';
$wgSecretKey = hash( 'sha256', "secret of the loopback farm's $farmWiki" );
$wgPingback = $wgEnableEmail = $wgEnableUploads = $wgUseInstantCommons = false;
$wgUploadDirectory = "$farmState/images/$farmWiki";
$wgDiff3 = '/usr/bin/diff3';
$wgShowExceptionDetails = true;
$wgShowHostnames = true;
$wgPasswordPolicy['policies']['default'] = [];
$wgPasswordConfig['pbkdf2']['cost'] = 1;
$wgPasswordAttemptThrottle = [];
$wgRateLimits = [];

// ---- what Debian ships and Wikimedia has ----
wfLoadSkins( [ 'MinervaNeue', 'Vector' ] );
$wgDefaultSkin = 'vector-2022';
wfLoadExtensions( [ 'AbuseFilter', 'ParserFunctions', 'Renameuser', 'SpamBlacklist', 'TemplateData', 'TitleBlacklist' ] );
$wgPFEnableStringFunctions = true;
// Their defaults would ask meta.wikimedia.org.
$wgBlacklistSettings = [ 'spam' => [ 'files' => [] ], 'email' => [ 'files' => [] ] ];
$wgTitleBlacklistSources = [ 'local' => [ 'type' => 'localpage', 'src' => 'MediaWiki:Titleblacklist' ] ];
$wgMiserMode = true;
$wgDisableSearchUpdate = true; // search is another program's there

// ---- groups and rights ----
$farmHides = [ 'deletelogentry' => true, 'deleterevision' => true, 'deletedhistory' => true, 'deletedtext' => true ];
$farmRights = [ 'userrights' => true, 'userrights-interwiki' => true, 'noratelimit' => true ];
$wgGroupPermissions['*']['createaccount'] = false;
$wgGroupPermissions['sysop'] = $farmHides + $wgGroupPermissions['sysop'];
$wgGroupPermissions['steward'] = $farmRights + $farmHides;
$wgGroupPermissions['suppress'] = $farmHides + $wgGroupPermissions['suppress'];
$wgGroupPermissions['staff'] = $wgGroupPermissions['wmf-supportsafety'] = $farmRights + $farmHides + [
	'block' => true, 'delete' => true, 'undelete' => true, 'protect' => true, 'editprotected' => true,
];
// A group exists once it has a right.
foreach ( [
	'abusefilter', 'autopatrolled', 'centralnoticeadmin', 'checkuser', 'eliminator', 'engineer', 'flood', 'global-renamer',
	'ipblock-exempt', 'massmessage-sender', 'patroller', 'rollbacker', 'translationadmin', 'uploader', 'wmf-officeit',
	'wmf-researcher',
] as $farmName ) {
	$wgGroupPermissions[$farmName]['read'] = true;
}
$wgAutoConfirmAge = $wgAutoConfirmCount = 0;

// ---- log types of extensions that Debian does not ship: list=logevents then serves their rows as they do ----
foreach ( [
	'globalauth' => 'setstatus lock unlock hide unhide lockandhid delete',
	'gblrights' => 'usergroups groupperms groupprms2 groupprms3 grouprename newset setchange setrename setnewtype deleteset',
	'gblblock' => 'gblock gblock2 gunblock modify whitelist dwhitelist',
	'gblrename' => 'rename promote merge',
	'pagetranslation' => 'mark unmark moveok movenok deletefok deletefnok deletelok deletelnok encourage discourage '
		. 'prioritylanguages associate dissociate',
	'translationreview' => 'message unfuzzy group',
	'notifytranslators' => 'sent',
	'massmessage' => 'send failure skipoptout skipnouser skipbadns',
] as $farmType => $farmActions ) {
	$wgLogTypes[] = $farmType;
	$wgLogNames[$farmType] = "$farmType-log-name";
	$wgLogHeaders[$farmType] = "$farmType-log-header";
	foreach ( explode( ' ', $farmActions ) as $farmAction ) {
		$wgLogActionsHandlers["$farmType/$farmAction"] = LogFormatter::class;
	}
}

// ---- what Translate and CentralAuth tell readers, from files ----
require __DIR__ . '/translate/load.php';

// ---- what tests steer ----
$wgReadOnlyFile = "$farmState/ctl/$farmWiki.readonly";
$wgHooks['ApiMaxLagInfo'][] = static function ( array &$lagInfo ) use ( $farmState, $farmWiki ) {
	if ( is_readable( "$farmState/ctl/$farmWiki.maxlag" ) ) {
		$lag = (float)file_get_contents( "$farmState/ctl/$farmWiki.maxlag" );
		$lagInfo = [ 'host' => 'db1', 'lag' => $lag, 'type' => 'db' ];
	}
};
if ( is_readable( "$farmState/ctl/$farmWiki.php" ) ) {
	opcache_invalidate( "$farmState/ctl/$farmWiki.php", true ); // servers.py: no other file changes while one runs
	require "$farmState/ctl/$farmWiki.php";
}
