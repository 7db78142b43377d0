<?php
/**
 * Writes log rows as the extensions that Debian doesn't ship would, and tells RC and the stream of them:
 * `OABOT_FARM_WIKI=metawiki php log.php` with JSON on standard input, [{type, action, user, title, comment, params}].
 * Prints the logids. An account that a title names is made if it isn't there: nobody is locked who isn't.
 */
use MediaWiki\MediaWikiServices;

require_once '/usr/share/mediawiki/maintenance/Maintenance.php';

class FarmLog extends Maintenance {
	public function execute() {
		$users = MediaWikiServices::getInstance()->getUserFactory();
		foreach ( json_decode( $this->getStdin( Maintenance::STDIN_ALL ), true, 512, JSON_THROW_ON_ERROR ) as $row ) {
			if ( preg_match( '/^User:([^@]+)/', $row['title'], $parts ) ) {
				$user = $users->newFromName( $parts[1] );
				if ( $user && !$user->isRegistered() ) {
					$user->addToDatabase();
				}
			}
			$entry = new ManualLogEntry( $row['type'], $row['action'] );
			$entry->setPerformer( $users->newFromName( $row['user'] ) );
			$entry->setTarget( Title::newFromText( $row['title'] ) );
			$entry->setComment( $row['comment'] ?? '' );
			$entry->setParameters( $row['params'] ?? [] );
			$id = $entry->insert();
			$entry->publish( $id );
			$this->output( "$id\n" );
		}
	}
}

$maintClass = FarmLog::class;
require_once RUN_MAINTENANCE_IF_MAIN;
