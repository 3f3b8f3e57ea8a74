"""What `words-in-the-log` finds, and what it leaves alone."""

import logging

import structlog

log = structlog.get_logger("portal")
logger = logging.getLogger(__name__)


def told(document, person, request, error):
    # ruleid: words-in-the-log
    log.info("opened", title=document.title)
    # ruleid: words-in-the-log
    log.info("opened", ref=document.title)
    # ruleid: words-in-the-log
    logger.warning("could not mail %s", person.email)
    # ruleid: words-in-the-log
    logger.warning(f"could not mail {person}")
    # ruleid: words-in-the-log
    log.info("searched", words=request.GET["q"])
    # ruleid: words-in-the-log
    log.exception(str(error))
    # ok: words-in-the-log
    log.exception("document not indexed", ref=document.ref)
    # ok: words-in-the-log
    log.info("duty done", duty="seal", items=3)
    # ok: words-in-the-log
    logger.warning("the virus scanner could not scan a file")
