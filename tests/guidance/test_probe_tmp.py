"""Probe."""
import json, re
from datetime import timedelta
import pytest
from django.test import Client
from django.utils import timezone
from access.vocabulary import Marking, Role
from forces.models import NeedToKnowGroup, Organisation
from forces.services import join_group, move_person
from guidance import services
from guidance.models import *
from guidance.files.binding import bind_files
from django.core.files.base import ContentFile
from tests.guidance.scene import *
from tests.portal.publishing import publish, stream
from tests.sign_in import client_of
from guidance.files.admission import StoredBytes

@pytest.fixture
def w(cast):
    p = published(cast.kent_author, cast.kent_lead, title="Zqhidden title")
    f = StoredFile.objects.create(title="Zqfile name", uploaded_by_user=cast.kent_author, file=StoredBytes(b"zqfile text", name="a.txt"))
    i = StoredImage.objects.create(title="Zqimage name", width=8, height=8, uploaded_by_user=cast.kent_author, file=StoredBytes(b"zq", name="a.png"))
    p.attachments.add(Attachment(file=f, label="Zqlabel"))
    bind_files(p)
    p.save_revision(user=cast.kent_author, clean=False)
    i.belongs_to=p.pk; i.save()
    plat = PlatformPage(title="Zqplat title", owner=cast.kent_author, summary="s", owner_role="r", platform_slug="x", platform_type="y")
    ForceSection.objects.get(organisation_id="kent").add_child(instance=plat)
    plat.save_revision(user=cast.kent_author, clean=False)
    essex = person("essex", Role.AUTHOR)
    return dict(p=p, f=f, i=i, plat=plat, essex=essex, cast=cast)

def show(r, *words):
    t = r.content.decode("utf8","replace") + str(r.headers)
    print("   ", r.status_code, {wd: (wd in t) for wd in ("Zqhidden","Zqfile","Zqimage","Zqplat","Zqlabel",*words)})
    return t

def test_probe(w):
    c = client_of(w["essex"]); p=w["p"]
    c.raise_request_exception=False
    for a in [f"/admin/choose-page/chosen-multiple/?id={p.pk}", f"/admin/images/chooser/chosen-multiple/?id={w['i'].pk}", f"/admin/documents/chooser/chosen-multiple/?id={w['f'].pk}",
              "/admin/choose-page/?page_type=guidance.PlatformPage", "/admin/choose-page/?page_type=guidance.GuidancePage", "/admin/choose-page/search/?q=Zqhidden", "/admin/choose-page/search/?q=zq",
              f"/admin/choose-page/?target_pages[]={p.pk}", f"/admin/choose-page/{p.get_parent().pk}/", f"/admin/choose-page/{p.get_parent().get_parent().pk}/",
              "/admin/images/chooser/results/?q=zq", "/admin/documents/chooser/results/?q=zq", "/admin/images/chooser/?q=zq"]:
        print(a); show(c.get(a), p.ref)
    for url in (f"http://localhost/kent/{p.slug}/", f"/kent/{p.slug}/", f"http://localhost/{p.slug}/", f"http://localhost/{p.ref}/"):
        print("external", url); t=show(c.post("/admin/choose-external-link/", {"external-link-chooser-url": url, "external-link-chooser-link_text": "x"}), p.ref); print(t[:200])
    # own draft naming hidden ones
    d = draft(w["essex"], title="Mine")
    d.body = [("platform_card", {"platform": w["plat"].pk, "purpose":"", "note":""}), ("picture", {"image": w["i"], "alternative":"x"}), ("paragraph", f'<p><a linktype="page" id="{p.pk}">l</a></p>')]
    d.attachments.add(Attachment(file=w["f"], label="mine"))
    d.save_revision(user=w["essex"], clean=False)
    print("edit"); t=show(c.get(f"/admin/pages/{d.pk}/edit/"), p.ref, w["plat"].ref, w["f"].ref, w["i"].ref)
    for wd in ("Zqplat", "Zqfile", "Zqimage", p.ref, w["i"].ref):
        for m in list(re.finditer(wd, t))[:3]: print("     >>", t[max(0,m.start()-150):m.end()+80].replace("\n"," "))
    for v in ("history/", "revisions/%d/view/" % d.latest_revision_id, "view_draft/", "delete/", "copy/"):
        print(v); show(c.get(f"/admin/pages/{d.pk}/{v}"), p.ref)
    print(c.get(f"/{d.ref}/preview/").status_code); show(c.get(f"/{d.ref}/preview/"), p.ref, w["i"].ref)
