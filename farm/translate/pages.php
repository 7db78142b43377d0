<?php
/** The pages that are marked for translation, as the control file has them. */
use MediaWiki\MediaWikiServices;
use MediaWiki\Revision\SlotRecord;

class FarmPages {
	public const DISPLAY_TITLE = 'Page display title';

	/** A control file, or the file that stands for it while nobody steers. */
	public static function read( string $name, string $default ): array {
		$steered = getenv( 'OABOT_FARM_STATE' ) . '/ctl/' . WikiMap::getCurrentWikiId() . ".$name.json";
		$text = file_get_contents( is_readable( $steered ) ? $steered : __DIR__ . "/$default.json" );
		return json_decode( $text, true, 512, JSON_THROW_ON_ERROR );
	}

	public static function all(): array {
		return self::read( 'translate', WikiMap::getCurrentWikiId() );
	}

	/** The page of a group's id, or null. */
	public static function ofGroup( string $group ): ?array {
		$title = substr( $group, strlen( 'page-' ) );
		$page = self::all()[$title] ?? null;
		return $page && $group === "page-$title" ? $page + [ 'title' => $title ] : null;
	}

	/** Each unit's text by its key, in page order; of an older revision if one is named. */
	public static function units( string $page, int $revision = 0 ): array {
		$title = Title::newFromText( $page );
		$store = MediaWikiServices::getInstance()->getRevisionLookup();
		$found = $revision ? $store->getRevisionById( $revision ) : $store->getRevisionByTitle( $title );
		$text = $found ? $found->getContent( SlotRecord::MAIN )->getText() : '';
		$units = [ self::DISPLAY_TITLE => $page ];
		foreach ( preg_split( '/\n{2,}/', preg_replace( '#</?translate>#', "\n\n", $text ) ) as $part ) {
			if ( preg_match( '/<!--T:([^>]+?)-->/', $part, $marker ) ) {
				$units[$marker[1]] = trim( str_replace( $marker[0], '', $part ) );
			}
		}
		return $units;
	}

	/** A unit's state in one language: translated, fuzzy or untranslated. */
	public static function status( array $page, string $language, string $unit ): string {
		$row = $page['translations'][$language] ?? [];
		if ( $language === $page['sourcelanguage'] || in_array( $unit, $row['translated'] ?? [] ) ) {
			return 'translated';
		}
		return in_array( $unit, $row['fuzzy'] ?? [] ) ? 'fuzzy' : 'untranslated';
	}

	/** The page and language of a translation page (TITLE/LANGUAGE), or null. */
	private static function translation( Title $title ): ?array {
		$text = $title->getPrefixedText();
		$language = substr( strrchr( $text, '/' ) ?: '', 1 );
		$page = $language === '' ? null : self::all()[substr( $text, 0, -strlen( "/$language" ) )] ?? null;
		return $page && isset( $page['translations'][$language] ) ? [ $page, $language ] : null;
	}

	public static function onParserFirstCallInit( Parser $parser ) {
		$parser->setHook( 'languages', static fn () => '' );
	}

	/** As Translate: the tags go before anything else is read, and a translation page bears its translated title. */
	public static function onParserBeforeInternalParse( Parser $parser, &$text ) {
		$text = preg_replace( '#</?translate( nowrap)?>\n?#', '', $text );
		$title = Title::castFromPageReference( $parser->getPage() );
		[ $page, $language ] = $title ? self::translation( $title ) : null;
		if ( isset( $page['displaytitles'][$language] ) ) {
			$parser->getOutput()->setDisplayTitle( htmlspecialchars( $page['displaytitles'][$language] ) );
		}
	}

	public static function onPageContentLanguage( Title $title, &$language ) {
		$found = self::translation( $title );
		if ( $found ) {
			$language = MediaWikiServices::getInstance()->getLanguageFactory()->getLanguage( $found[1] );
		}
	}
}
