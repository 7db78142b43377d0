<?php
/** The API modules, by the names and with the parameters, error codes and keys of the real ones (REL1_39). */
use MediaWiki\MediaWikiServices;
use Wikimedia\ParamValidator\ParamValidator as Param;
use Wikimedia\ParamValidator\TypeDef\IntegerDef;

/** Translate: src/MessageGroupProcessing/QueryMessageGroupsActionApi.php, format flat. */
class ApiFarmMessageGroups extends ApiQueryBase {
	public function __construct( $query, $name ) {
		parent::__construct( $query, $name, 'mg' );
	}

	public function execute() {
		$params = $this->extractRequestParams();
		$path = [ 'query', $this->getModuleName() ];
		$result = $this->getResult();
		$result->addValue( [ 'query' ], $this->getModuleName(), [] );
		foreach ( FarmPages::all() as $title => $page ) {
			$row = [
				'id' => "page-$title",
				'label' => $title,
				'description' => "Translation of the wiki page [[:$title|$title]].",
				'class' => 'WikiPageMessageGroup',
				'namespace' => 1198,
				'exists' => true,
				'priority' => 'default',
				'prioritylangs' => $page['prioritylangs'] ?: false,
				'priorityforce' => $page['priorityforce'],
				'workflowstates' => false,
				'sourcelanguage' => $page['sourcelanguage'],
			];
			if ( $this->wanted( $row['id'], $params['filter'] ) ) {
				$result->addValue( $path, null, array_intersect_key( $row, array_flip( $params['prop'] ) ) );
			}
		}
		$result->addIndexedTagName( $path, 'group' );
	}

	private function wanted( string $id, ?array $filters ): bool {
		foreach ( $filters ?: [ '*' ] as $filter ) {
			if ( fnmatch( $filter, $id ) ) {
				return true;
			}
		}
		return false;
	}

	public function getAllowedParams() {
		$props = [ 'id', 'label', 'description', 'class', 'namespace', 'exists', 'icon', 'priority', 'prioritylangs',
			'priorityforce', 'workflowstates', 'sourcelanguage' ];
		return [
			'format' => [ Param::PARAM_TYPE => [ 'flat', 'tree' ], Param::PARAM_DEFAULT => 'flat' ],
			'filter' => [ Param::PARAM_ISMULTI => true ],
			'prop' => [ Param::PARAM_TYPE => $props, Param::PARAM_ISMULTI => true,
				Param::PARAM_DEFAULT => 'id|label|description|class|exists' ],
		];
	}
}

/** Translate: src/Statistics/QueryMessageGroupStatsActionApi.php. */
class ApiFarmMessageGroupStats extends ApiQueryBase {
	public function __construct( $query, $name ) {
		parent::__construct( $query, $name, 'mgs' );
	}

	public function execute() {
		$params = $this->extractRequestParams();
		$page = FarmPages::ofGroup( $params['group'] );
		if ( !$page ) {
			$this->dieWithError( [ 'apierror-badparameter', 'mgsgroup' ], 'badparameter' );
		}
		$path = [ 'query', $this->getModuleName() ];
		$result = $this->getResult();
		$result->addValue( [ 'query' ], $this->getModuleName(), [] );
		$languages = array_keys( MediaWikiServices::getInstance()->getLanguageNameUtils()->getLanguageNames() );
		sort( $languages, SORT_STRING );
		$units = array_keys( FarmPages::units( $page['title'] ) );
		foreach ( $languages as $language ) {
			if ( strcmp( $language, $params['offset'] ?? '' ) < 0 ) {
				continue;
			}
			if ( $language === ( $page['incomplete'] ?? null ) ) {
				$this->setContinueEnumParameter( 'offset', $language );
				break;
			}
			$row = $this->row( $page, $units, $language );
			if ( !$params['suppressempty'] || $row['translated'] || $row['fuzzy'] ) {
				$result->addValue( $path, null, $row );
			}
		}
		$result->addIndexedTagName( $path, 'group' );
	}

	private function row( array $page, array $units, string $language ): array {
		$states = array_map( static fn ( $unit ) => FarmPages::status( $page, $language, $unit ), $units );
		$counts = array_count_values( $states );
		return [ 'total' => count( $units ), 'translated' => $counts['translated'] ?? 0, 'fuzzy' => $counts['fuzzy'] ?? 0,
			'proofread' => 0, 'code' => $language, 'language' => $language ];
	}

	public function getAllowedParams() {
		return [
			'offset' => [ Param::PARAM_TYPE => 'string' ],
			'timelimit' => [ Param::PARAM_TYPE => 'integer', Param::PARAM_DEFAULT => 8, IntegerDef::PARAM_MAX => 10,
				IntegerDef::PARAM_MIN => 0 ],
			'suppresscomplete' => false,
			'suppressempty' => false,
			'group' => [ Param::PARAM_TYPE => 'string', Param::PARAM_REQUIRED => true ],
		];
	}
}

/** Translate: src/MessageLoading/QueryMessageCollectionActionApi.php. */
class ApiFarmMessageCollection extends ApiQueryBase {
	public function __construct( $query, $name ) {
		parent::__construct( $query, $name, 'mc' );
	}

	public function execute() {
		$params = $this->extractRequestParams();
		$page = FarmPages::ofGroup( $params['group'] );
		if ( !$page ) {
			$this->dieWithError( [ 'apierror-badparameter', 'mcgroup' ], 'badparameter' );
		}
		$rows = array_values( array_filter(
			$this->rows( $page, $params['language'] ),
			fn ( $row ) => $this->passes( $row['properties']['status'], $params['filter'] )
		) );
		$shown = array_slice( $rows, (int)$params['offset'], $params['limit'] );
		$left = count( $rows ) - (int)$params['offset'] - count( $shown );
		$result = $this->getResult();
		$path = [ 'query', $this->getModuleName() ];
		$result->addValue( 'query', 'metadata',
			[ 'state' => null, 'resultsize' => count( $rows ), 'remaining' => max( 0, $left ) ] );
		$result->addValue( [ 'query' ], $this->getModuleName(), [] );
		foreach ( $shown as $row ) {
			$result->addValue( $path, null, $this->asked( $row, $params['prop'] ) );
		}
		if ( $left > 0 ) {
			$this->setContinueEnumParameter( 'offset', (int)$params['offset'] + count( $shown ) );
		}
		$result->addIndexedTagName( $path, 'message' );
	}

	private function rows( array $page, string $language ): array {
		$rows = [];
		foreach ( FarmPages::units( $page['title'] ) as $unit => $text ) {
			$status = FarmPages::status( $page, $language, $unit );
			$begun = $status !== 'untranslated';
			$rows[] = [
				'key' => strtr( "{$page['title']}/$unit", ' ', '_' ),
				'definition' => $text,
				'translation' => $begun ? $text : null,
				'tags' => $status === 'fuzzy' ? [ 'fuzzy' ] : [],
				'properties' => ( $begun ? [ 'revision' => '1' ] : [] ) + [
					'status' => $status,
					'last-translator-text' => $begun ? 'FarmAdmin' : null,
					'last-translator-id' => $begun ? '1' : null,
				],
				'title' => "Translations:{$page['title']}/$unit/$language",
				'targetLanguage' => $language,
				'primaryGroup' => "page-{$page['title']}",
			];
		}
		return $rows;
	}

	private function passes( string $status, array $filters ): bool {
		foreach ( $filters as $filter ) {
			$name = ltrim( $filter, '!' );
			$known = [ 'fuzzy' => $status === 'fuzzy', 'translated' => $status === 'translated',
				'hastranslation' => $status !== 'untranslated', 'optional' => false, 'ignored' => false, '' => true ];
			if ( !isset( $known[$name] ) ) {
				$this->dieWithError( 'apierror-translate-invalidfilter', 'invalidfilter' );
			}
			if ( $known[$name] === ( $name !== $filter ) ) {
				return false;
			}
		}
		return true;
	}

	private function asked( array $row, array $props ): array {
		$optional = array_diff( [ 'definition', 'translation', 'tags', 'properties' ], $props );
		return array_diff_key( $row, array_flip( $optional ) );
	}

	public function getAllowedParams() {
		return [
			'group' => [ Param::PARAM_TYPE => 'string', Param::PARAM_REQUIRED => true ],
			'language' => [ Param::PARAM_TYPE => 'string', Param::PARAM_DEFAULT => 'en' ],
			'limit' => [ Param::PARAM_DEFAULT => 500, Param::PARAM_TYPE => 'limit', IntegerDef::PARAM_MIN => 1,
				IntegerDef::PARAM_MAX => ApiBase::LIMIT_BIG2, IntegerDef::PARAM_MAX2 => ApiBase::LIMIT_BIG2 ],
			'offset' => [ Param::PARAM_DEFAULT => '', Param::PARAM_TYPE => 'string' ],
			'filter' => [ Param::PARAM_TYPE => 'string', Param::PARAM_DEFAULT => '!optional|!ignored',
				Param::PARAM_ISMULTI => true ],
			'prop' => [ Param::PARAM_TYPE => [ 'definition', 'translation', 'tags', 'revision', 'properties' ],
				Param::PARAM_DEFAULT => 'definition|translation', Param::PARAM_ISMULTI => true ],
		];
	}
}

/** Translate: src/PageTranslation/MarkForTranslationActionApi.php; of its effects, the row in the log. */
class ApiFarmMarkForTranslation extends ApiBase {
	public function execute() {
		$this->checkUserRightsAny( 'pagetranslation' );
		$title = Title::newFromText( $this->extractRequestParams()['title'] );
		$revision = $title->getLatestRevID( Title::READ_LATEST );
		$entry = new ManualLogEntry( 'pagetranslation', 'mark' );
		$entry->setPerformer( $this->getUser() );
		$entry->setTarget( $title );
		$entry->setParameters( [ 'revision' => $revision, 'changed' => $this->changed( $title ) ] );
		$entry->insert();
		$this->getResult()->addValue( null, $this->getModuleName(), [ 'result' => 'Success', 'revision' => $revision ] );
	}

	/** How many units are new or have another text than in the version that was marked last. */
	private function changed( Title $title ): int {
		$row = $this->getDB()->selectField( 'logging', 'log_params', [ 'log_type' => 'pagetranslation',
			'log_action' => 'mark', 'log_namespace' => $title->getNamespace(), 'log_title' => $title->getDBkey() ],
			__METHOD__, [ 'ORDER BY' => 'log_timestamp DESC, log_id DESC' ] );
		$last = $row ? (int)( unserialize( $row, [ 'allowed_classes' => false ] )['revision'] ?? 0 ) : 0;
		$before = $last ? FarmPages::units( $title->getPrefixedText(), $last ) : [];
		$now = FarmPages::units( $title->getPrefixedText() );
		return count( array_filter( $now, static fn ( $text, $key ) => ( $before[$key] ?? null ) !== $text,
			ARRAY_FILTER_USE_BOTH ) );
	}

	public function mustBePosted() {
		return true;
	}

	public function isWriteMode() {
		return true;
	}

	public function needsToken() {
		return 'csrf';
	}

	public function getAllowedParams() {
		return [ 'title' => [ Param::PARAM_TYPE => 'string', Param::PARAM_REQUIRED => true ] ];
	}
}

/** The accounts of globalusers.json. */
class FarmAccounts {
	/** An account's row with its id, or null. Who isn't in the file is there if a log names them, for tests' new accounts. */
	public static function find( $db, string $name ): ?array {
		$users = FarmPages::read( 'globalusers', 'globalusers' );
		$row = array_key_exists( $name, $users ) ? $users[$name] : self::logged( $db, $name );
		return $row ? $row + [ 'id' => array_search( $name, array_keys( $users ), true ) + 1 ] : null;
	}

	private static function logged( $db, string $name ): ?array {
		$title = strtr( $name, ' ', '_' );
		$of = $db->makeList( [ 'log_title' => $title, 'log_title' . $db->buildLike( "$title@", $db->anyString() ) ], LIST_OR );
		$row = $db->selectField( 'logging', 'log_id', [ 'log_namespace' => NS_USER, $of ], __METHOD__ );
		return $row ? [ 'home' => null, 'wikis' => [ 'metawiki' ] ] : null;
	}
}

/** CentralAuth: includes/Api/ApiQueryGlobalUsers.php (master, since 1.47), without its gusprop. */
class ApiFarmGlobalUsers extends ApiQueryBase {
	public function __construct( $query, $name ) {
		parent::__construct( $query, $name, 'gus' );
	}

	public function execute() {
		$path = [ 'query', $this->getModuleName() ];
		$result = $this->getResult();
		$result->addValue( [ 'query' ], $this->getModuleName(), [] );
		foreach ( $this->extractRequestParams()['users'] as $name ) {
			$row = FarmAccounts::find( $this->getDB(), strtr( $name, '_', ' ' ) );
			$result->addValue( $path, null, $row ? [ 'centralid' => $row['id'], 'name' => $name ] : [ 'name' => $name, 'missing' => true ] );
		}
		$result->addIndexedTagName( $path, 'u' );
	}

	public function getAllowedParams() {
		return [ 'users' => [ Param::PARAM_TYPE => 'string', Param::PARAM_ISMULTI => true, Param::PARAM_REQUIRED => true ] ];
	}
}

/** CentralAuth: includes/Api/ApiQueryGlobalUserInfo.php. */
class ApiFarmGlobalUserInfo extends ApiQueryBase {
	public function __construct( $query, $name ) {
		parent::__construct( $query, $name, 'gui' );
	}

	public function execute() {
		$params = $this->extractRequestParams();
		$props = array_flip( $params['prop'] ?? [] );
		$name = strtr( $params['user'] ?? '', '_', ' ' );
		$row = FarmAccounts::find( $this->getDB(), $name );
		$found = $row ? $this->known( $name, $row ) : [ 'missing' => true, 'unattached' => [] ];
		$optional = [ 'groups', 'rights', 'merged', 'unattached', 'editcount' ];
		$unasked = array_flip( array_filter( $optional, static fn ( $prop ) => !isset( $props[$prop] ) ) );
		$this->getResult()->addValue( 'query', $this->getModuleName(), array_diff_key( $found, $unasked ) );
	}

	private function known( string $name, array $row ): array {
		$merged = array_map( static fn ( $wiki ) => [ 'wiki' => $wiki, 'url' => "https://$wiki.example.org",
			'timestamp' => '2015-01-01T00:00:00Z', 'method' => $wiki === $row['home'] ? 'primary' : 'login',
			'editcount' => 10, 'registration' => '2010-01-01T00:00:00Z' ], $row['wikis'] );
		$locked = empty( $row['locked'] ) ? [] : [ 'locked' => true ];
		return array_filter( [ 'home' => $row['home'] ] ) + [ 'id' => $row['id'], 'registration' => '2010-01-01T00:00:00Z', 'name' => $name ]
			+ $locked + [ 'groups' => [], 'rights' => [], 'merged' => $merged,
			'editcount' => 10 * count( $merged ), 'unattached' => [] ];
	}

	public function getAllowedParams() {
		return [
			'user' => [ Param::PARAM_TYPE => 'string' ],
			'id' => [ Param::PARAM_TYPE => 'integer' ],
			'prop' => [ Param::PARAM_TYPE => [ 'groups', 'rights', 'merged', 'unattached', 'editcount' ],
				Param::PARAM_ISMULTI => true ],
		];
	}
}
