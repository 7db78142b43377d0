<?php
/**
 * Puts the seed's part of one wiki into it: `OABOT_FARM_WIKI=metawiki php seed.php seed.json`.
 *
 *   accounts  {ROLE: {name, password, groups: {DBNAME or "*": [...]}, botpassword?: {app, token, grants}}}
 *   pages     {DBNAME or "*": [{title, user, timestamp, summary, text: [lines]}]}   revisions of one page: oldest first
 *   logs      {DBNAME: [{logid, timestamp, type, action, user, title, comment, params, legacy?, deleted?}]}
 *             params as MediaWiki stores them; deleted: 1 action and target, 2 comment, 4 performer, 8 suppressed
 *   groups    {DBNAME: {NAME: [...]}}   rights that somebody holds now
 *
 * Whoever acts, or has something done to them, gets an account: MediaWiki refuses an actor who is nobody.
 */
use MediaWiki\MediaWikiServices;
use MediaWiki\Revision\SlotRecord;

require_once '/usr/share/mediawiki/maintenance/Maintenance.php';

class FarmSeed extends Maintenance {
	public function __construct() {
		parent::__construct();
		$this->addArg( 'file', 'the seed' );
	}

	public function execute() {
		$here = WikiMap::getCurrentWikiId();
		$seed = json_decode( file_get_contents( $this->getArg( 0 ) ), true, 512, JSON_THROW_ON_ERROR );
		$dbw = $this->getDB( DB_PRIMARY );
		$this->beginTransaction( $dbw, __METHOD__ );
		// The installer's own rows bear today's date: two builds of one seed would differ.
		$dbw->delete( 'logging', [ 'log_type' => 'create' ], __METHOD__ );
		$this->interwiki( $dbw );
		foreach ( $seed['accounts'] as $account ) {
			$this->account( $account, [ ...$account['groups']['*'] ?? [], ...$account['groups'][$here] ?? [] ] );
		}
		foreach ( $seed['groups'][$here] ?? [] as $name => $groups ) {
			$this->account( [ 'name' => $name ], $groups );
		}
		foreach ( $seed['logs'] as $wiki => $logs ) {
			foreach ( $logs as $log ) {
				$this->target( $log['title'], $wiki, $here );
			}
		}
		foreach ( [ ...$seed['pages']['*'] ?? [], ...$seed['pages'][$here] ?? [] ] as $page ) {
			$this->page( $page );
		}
		foreach ( $seed['logs'][$here] ?? [] as $log ) {
			$this->log( $dbw, $log );
		}
		$this->commitTransaction( $dbw, __METHOD__ );
		DeferredUpdates::doUpdates();
	}

	private function interwiki( $dbw ) {
		global $wgConf;
		foreach ( json_decode( file_get_contents( __DIR__ . '/wikis.json' ), true ) as $wiki ) {
			$url = $wgConf->settings['wgServer'][$wiki['dbname']] . '/wiki/$1';
			foreach ( [ $wiki['code'], ...[ 'meta' => [ 'm' ], 'commons' => [ 'c' ] ][$wiki['code']] ?? [] ] as $prefix ) {
				$dbw->replace( 'interwiki', 'iw_prefix', [ 'iw_prefix' => $prefix, 'iw_url' => $url, 'iw_api' => '',
					'iw_wikiid' => $wiki['dbname'], 'iw_local' => 1, 'iw_trans' => 0 ], __METHOD__ );
			}
		}
	}

	private function user( string $name ): ?User {
		$user = MediaWikiServices::getInstance()->getUserFactory()->newFromName( $name ) ?: null;
		if ( $user && !$user->isRegistered() ) {
			$user->addToDatabase();
		}
		return $user;
	}

	/** The account that a log title names, on the log's wiki and on the wiki behind its last @. */
	private function target( string $title, string $wiki, string $here ) {
		if ( preg_match( '/^User:(.+?)(?:@([a-z_]+))?$/', $title, $parts ) && in_array( $here, [ $wiki, $parts[2] ?? '' ] ) ) {
			$this->user( $parts[1] );
		}
	}

	private function account( array $account, array $groups ) {
		$services = MediaWikiServices::getInstance();
		$user = $this->user( $account['name'] );
		foreach ( $groups as $group ) {
			$services->getUserGroupManager()->addUserToGroup( $user, $group );
		}
		if ( isset( $account['password'] ) ) {
			$this->must( $user->changeAuthenticationData( [ 'username' => $user->getName(),
				'password' => $account['password'], 'retype' => $account['password'] ] ) );
		}
		if ( isset( $account['botpassword'] ) ) {
			$bot = BotPassword::newUnsaved( [ 'user' => $user, 'appId' => $account['botpassword']['app'],
				'grants' => $account['botpassword']['grants'] ] );
			$hash = $services->getPasswordFactory()->newFromPlaintext( $account['botpassword']['token'] );
			$this->must( $bot->save( 'insert', $hash ) );
		}
	}

	/** By the importer, which keeps a revision's own time. */
	private function page( array $page ) {
		$services = MediaWikiServices::getInstance();
		$title = Title::newFromText( $page['title'] );
		$user = $this->user( $page['user'] );
		$revision = new WikiRevision( $services->getMainConfig() );
		$revision->setTitle( $title );
		$revision->setContent( SlotRecord::MAIN, ContentHandler::makeContent( implode( "\n", $page['text'] ), $title ) );
		$revision->setTimestamp( wfTimestamp( TS_MW, $page['timestamp'] ) );
		$revision->setUserObj( $user );
		$revision->setUsername( $user->getName() );
		$revision->setComment( $page['summary'] ?? '' );
		if ( !$services->getWikiRevisionOldRevisionImporter()->import( $revision ) ) {
			$this->fatalError( "not imported: {$page['title']}" );
		}
	}

	private function log( $dbw, array $log ) {
		$entry = new ManualLogEntry( $log['type'], $log['action'] );
		$entry->setPerformer( $this->user( $log['user'] ) );
		$entry->setTarget( Title::newFromText( $log['title'] ) );
		$entry->setComment( $log['comment'] ?? '' );
		$entry->setParameters( $log['params'] ?? [] );
		$entry->setLegacy( $log['legacy'] ?? false );
		$entry->setTimestamp( wfTimestamp( TS_MW, $log['timestamp'] ) );
		$entry->setDeleted( $log['deleted'] ?? 0 );
		$id = $entry->insert( $dbw );
		$dbw->update( 'logging', [ 'log_id' => $log['logid'] ], [ 'log_id' => $id ], __METHOD__ );
		$dbw->update( 'log_search', [ 'ls_log_id' => $log['logid'] ], [ 'ls_log_id' => $id ], __METHOD__ );
	}

	private function must( $status ) {
		if ( !$status->isGood() ) {
			$this->fatalError( $status->getMessage( false, false, 'en' )->text() );
		}
	}
}

$maintClass = FarmSeed::class;
require_once RUN_MAINTENANCE_IF_MAIN;
