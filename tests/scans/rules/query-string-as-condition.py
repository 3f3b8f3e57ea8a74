"""What `query-string-as-condition` finds, and what it leaves alone."""

from django.db.models import Q

from forces.forms import FindForm
from forces.models import User


def by_any_column(request):
    # ruleid: query-string-as-condition
    return User.objects.filter(**request.GET.dict())


def by_another_name(request):
    asked = request.GET.dict()
    # ruleid: query-string-as-condition
    return User.objects.exclude(**asked)


def in_any_order(request):
    # ruleid: query-string-as-condition
    return User.objects.order_by(request.GET.get("sort"))


def as_a_condition(request):
    # ruleid: query-string-as-condition
    return Q(**request.POST.dict())


def by_a_form(request):
    form = FindForm(request.GET)
    # ok: query-string-as-condition
    return User.objects.filter(**form.cleaned_data)


def by_one_column(request):
    # ok: query-string-as-condition
    return User.objects.filter(email=request.GET.get("email", ""))
