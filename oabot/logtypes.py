"""Log types of MediaWiki and of the extensions on Wikimedia wikis that hold no office action whatever they say.

A type that is neither here nor read by `logparams` is unknown: it is set aside and reported, so that a new kind of log
is noticed.
"""

from __future__ import annotations

KNOWN_TYPES = frozenset(
    {
        # core
        "contentmodel", "create", "import", "managetags", "merge", "move", "newusers", "pagelang", "patrol", "suppress",
        "tag", "upload", "interwiki",
        # extensions
        "abusefilter", "abusefilterblockeddomainhit", "abusefilterprivatedetails", "abusefilter-protected-vars",
        "articlefeedbackv5", "campus", "cnbanner", "campaignevents", "checkuser-private-event",
        "checkuser-temporary-account",
        "communityconfiguration", "course", "eparticle", "flow", "gather", "growthexperiments", "gwtoolset",
        "institution",
        "instructor", "ipinfo", "liquidthreads", "lock", "massmessage", "messagebundle", "moodbar", "mwoauthconsumer",
        "newsletter", "notifytranslators", "oath", "oauth", "online", "pagetriage-copyvio", "pagetriage-curation",
        "pagetriage-deletion", "phonos", "query", "review", "securepoll", "spamblacklist", "stable", "student",
        "thanks", "timedmediahandler", "timedtext", "titleblacklist", "translationreview", "translatorsandbox",
        "urlshortener", "usermerge", "wikilambda", "zeroconfig", "zobject",
    }
)  # fmt: skip
