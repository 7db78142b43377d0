<?php
/**
 * The read side of two extensions that Debian doesn't ship, answered from files: Translate (on wikis that have a
 * DBNAME.json here) and CentralAuth's globaluserinfo and globalusers. Tests steer them by ctl/DBNAME.translate.json and
 * ctl/DBNAME.globalusers.json, which replace the file here as a whole:
 *
 *   DBNAME.json   {TITLE: {sourcelanguage, prioritylangs, priorityforce, displaytitles: {LANGUAGE: "…"},
 *                 translations: {LANGUAGE: {translated: [unit, …], fuzzy: [unit, …]}}, incomplete?: LANGUAGE}}
 *                 A page that isn't named is not marked for translation. A page's units are the markers in its text
 *                 and its display title. With `incomplete`, the counts stop at that language and continue there.
 *   globalusers.json   {NAME: {home, wikis: […], locked?}}   any other account is missing, as one that is hidden
 *
 * To mark a page, as a translation administrator does: action=markfortranslation, title. It writes the log's row.
 */
$wgAutoloadClasses['FarmPages'] = __DIR__ . '/pages.php';
foreach ( [ 'MessageGroups', 'MessageGroupStats', 'MessageCollection', 'MarkForTranslation', 'GlobalUserInfo', 'GlobalUsers' ] as $farmName ) {
	$wgAutoloadClasses["ApiFarm$farmName"] = __DIR__ . '/modules.php';
}
$wgAutoloadClasses['FarmAccounts'] = __DIR__ . '/modules.php';
$wgAPIMetaModules['globaluserinfo'] = ApiFarmGlobalUserInfo::class;
$wgAPIListModules['globalusers'] = ApiFarmGlobalUsers::class;
if ( is_file( __DIR__ . "/$farmWiki.json" ) ) {
	$wgAPIMetaModules['messagegroups'] = ApiFarmMessageGroups::class;
	$wgAPIMetaModules['messagegroupstats'] = ApiFarmMessageGroupStats::class;
	$wgAPIListModules['messagecollection'] = ApiFarmMessageCollection::class;
	$wgAPIModules['markfortranslation'] = ApiFarmMarkForTranslation::class;
	$wgExtraNamespaces += [ 1198 => 'Translations', 1199 => 'Translations_talk' ];
	$wgGroupPermissions['sysop']['pagetranslation'] = true;
	$wgHooks['ParserFirstCallInit'][] = 'FarmPages::onParserFirstCallInit';
	$wgHooks['ParserBeforeInternalParse'][] = 'FarmPages::onParserBeforeInternalParse';
	$wgHooks['PageContentLanguage'][] = 'FarmPages::onPageContentLanguage';
}
