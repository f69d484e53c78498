"""Settings, all in one place; what differs from museum to museum comes from the environment or `.env`.

Values that would be unsafe or senseless are refused at the start, in words.
"""

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ
from django import conf
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from django.utils.translation import to_locale

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

refusals: list[str] = []


def is_local(host: str) -> bool:
    """Whether ``host`` names this very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def has_words_in(code: str) -> bool:
    """Whether Django is translated into a language, or into the one that it is a variety of."""
    folder = Path(conf.__file__).parent / "locale"
    return any((folder / to_locale(name)).is_dir() for name in (code, code.partition("-")[0]))


# Where the public reads the exhibit. Every absolute address is made from it, never from a Host header.
PUBLIC_URL = env.str("PUBLIC_URL", "http://localhost:8000").rstrip("/")
try:
    _public = urlsplit(PUBLIC_URL)
except ValueError:
    _public = urlsplit("")
try:
    _port = _public.port
except ValueError:
    _port = None
    refusals.append(f"PUBLIC_URL “{PUBLIC_URL}” has a port that is no number.")
if PUBLIC_URL != f"{_public.scheme}://{_public.netloc}" or not _public.hostname or "@" in _public.netloc:
    refusals.append(
        f"PUBLIC_URL “{PUBLIC_URL}” must be a scheme and a host alone, such as https://exhibits.example.org."
    )
PUBLIC_HOST = _public.hostname or ""
HTTPS = _public.scheme == "https"
LOCAL = is_local(PUBLIC_HOST)
if _public.scheme == "http" and PUBLIC_HOST and not LOCAL:
    refusals.append(
        f"PUBLIC_URL “{PUBLIC_URL}” is plain http: passwords would cross the network readable. "
        "Put the site behind https and give its https address; plain http is for localhost alone."
    )

DEBUG = env.bool("DEBUG", False)
if DEBUG and not LOCAL:
    refusals.append("DEBUG is on, which shows the inside of the application to everyone. Remove DEBUG.")

SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    refusals.append("SECRET_KEY is missing. “make run” writes a fresh one into .env; or set it yourself.")
elif len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or SECRET_KEY.startswith("django-insecure-"):
    refusals.append("SECRET_KEY is too easy to guess: use at least 50 random characters.")

MUSEUM_NAME = env.str("MUSEUM_NAME", "The museum")
# Where a visitor may write: an e-mail address or a web page.
MUSEUM_CONTACT = env.str("MUSEUM_CONTACT", "")
if MUSEUM_CONTACT and "@" not in MUSEUM_CONTACT and not MUSEUM_CONTACT.startswith("https://"):
    refusals.append(f"MUSEUM_CONTACT “{MUSEUM_CONTACT}” must be an e-mail address or begin with https://.")
MUSEUM_TIME_ZONE = env.str("MUSEUM_TIME_ZONE", "UTC")
if MUSEUM_TIME_ZONE not in available_timezones():
    refusals.append(f"MUSEUM_TIME_ZONE “{MUSEUM_TIME_ZONE}” is not a time zone such as Europe/Berlin.")

DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))
DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{DATA_DIR / 'exhibit.sqlite3'}")
if urlsplit(DATABASE_URL).scheme not in ("sqlite", "postgres", "postgresql"):
    refusals.append("DATABASE_URL must begin with sqlite:/// or postgres://; other databases are not supported.")

# This very machine may always ask, such as whatever watches over /healthz: no address is made from the Host header.
ALLOWED_HOSTS = [PUBLIC_HOST, "localhost", "127.0.0.1", "[::1]", *env.list("ALLOWED_HOSTS", default=[])]
if "*" in ALLOWED_HOSTS:
    refusals.append("ALLOWED_HOSTS holds “*”, which trusts every Host header. Name the hosts.")

LANGUAGE_NAMES = {"en": _("English"), "ru": _("Russian"), "de": _("German")}
language_codes = env.list("LANGUAGES", default=["en", "ru"])
if not language_codes:
    refusals.append("LANGUAGES is empty. List the codes of the languages, the main one first, such as en,ru.")
for code in language_codes:
    if not re.fullmatch("[a-z]{2,3}(-[a-z0-9]{2,8})*", code):
        refusals.append(f"LANGUAGES: “{code}” is not a language code such as en or ru.")

# Django cannot start in a main language that it has no words of its own for.
if language_codes and not refusals and not has_words_in(language_codes[0]):
    refusals.append(f"LANGUAGES: “{language_codes[0]}” cannot be the main language: Django is not translated into it.")

if refusals:
    raise ImproperlyConfigured("\n".join(f"- {sentence}" for sentence in refusals))

DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
DATABASES["default"]["CONN_MAX_AGE"] = None
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    # IMMEDIATE: a transaction waits for its turn at the start instead of failing halfway.
    # FULL: what a curator saw saved is on the disk, also after a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    # Threads of the tests' live server share one file, as the threads of a real server do.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}

INSTALLED_APPS = [
    "trials.admin.apps.CuratorsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",  # its templates, which FORM_RENDERER looks for among all others
    "csp",
    "reversion",
    "trials",
]

MIDDLEWARE = [
    "exhibit.policy.PolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "trials.pages.compression.CompressionMiddleware",
    "exhibit.policy.CookieMiddleware",
    "exhibit.policy.NulMiddleware",
    "exhibit.policy.LanguageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "exhibit.urls"
WSGI_APPLICATION = "exhibit.wsgi.application"

# How many bytes of pages each process keeps ready to be sent. With DEBUG none, so that a changed template is seen.
PAGE_STORE_SIZE = env.int("PAGE_STORE_MIB", 0 if DEBUG else 32) * 1024 * 1024

# A museum may put templates of its own in front of ours, such as museum/about.html.
MUSEUM_TEMPLATES = env.str("MUSEUM_TEMPLATES", "")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [*([MUSEUM_TEMPLATES] if MUSEUM_TEMPLATES else []), BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Signing in
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
# The language that a curator chose for the admin.
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "trials.pages.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if HTTPS else []

# Transport. Behind a proxy that ends TLS, the proxy must set X-Forwarded-Proto itself: BEHIND_PROXY says it does.
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
SECURE_SSL_HOST = _public.netloc
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Scripts and styles from ourselves only, nothing inline, on every response; the admin's own is in exhibit/policy.py.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["exhibit"],
    }
}

# Languages. The first is the main one: every text must have it, and its pages have no prefix.
LANGUAGES = [(code, LANGUAGE_NAMES.get(code, code)) for code in language_codes]
LANGUAGE_CODE = language_codes[0]
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = MUSEUM_TIME_ZONE
USE_TZ = True

# Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "exhibit.static_files.StaticFilesStorage"},
}
# Pictures in S3-compatible storage, where several machines share them. They are served from our own address still.
S3_BUCKET = env.str("S3_BUCKET", "")
if S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT", "") or None,
            "region_name": env.str("S3_REGION", "") or None,
            "access_key": env.str("S3_ACCESS_KEY", "") or None,
            "secret_key": env.str("S3_SECRET_KEY", "") or None,
            "signature_version": "s3v4",
            "default_acl": None,
            # A name that is taken is never written over: `trials.images.put` says what happens then.
            "file_overwrite": False,
        },
    }
WHITENOISE_ALLOW_ALL_ORIGINS = False
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "exhibit.logs.DiscreetFormatter",
            "fmt": "{asctime} {levelname} {request} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "trials": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # Django's own handlers would write addresses as they are.
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # A page that is not there is a visitor's typing error, not ours.
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # Nor is a stray Host header worth a traceback: it is answered with 400.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        # What is wrong with a list of sources is told to whoever pasted it.
        "bibtexparser": {"handlers": ["nowhere"], "propagate": False},
        "pylatexenc": {"handlers": ["nowhere"], "propagate": False},
    },
}
