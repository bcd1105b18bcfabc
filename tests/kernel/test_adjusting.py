"""Giving a setting another value: who may, what is kept, and what is refused."""

from functools import partial

import pytest
from django.contrib.auth.models import Group
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from marketplace.accounts.models import User
from marketplace.kernel import adjustable
from marketplace.kernel.adjusting import adjust_setting, history, outlook, reset_setting, standing, standings
from marketplace.kernel.errors import InvalidInput, NotFound, SettingChanged
from marketplace.kernel.models import AdjustedSetting, AuditEntry
from marketplace.staff import ADMINISTRATOR, FINANCE
from tests.factories.accounts import UserFactory
from tests.support.races import at_once

pytestmark = pytest.mark.django_db

NAME = "COMMISSION_BPS"


def _with_role(role: str) -> User:
    user: User = UserFactory.create(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def actor() -> User:
    return _with_role(ADMINISTRATOR)


def _adjust(actor: User, value: object, *, expected: object = 1000, name: str = NAME) -> AdjustedSetting:
    return adjust_setting(actor=actor, name=name, value=value, expected=expected, reason="As announced.")


def test_a_value_is_kept_with_who_and_why(
    actor: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        _adjust(actor, 1250)
    (entry,) = history(NAME)
    assert (entry.action, entry.actor_id, entry.before, entry.after, entry.note) == (
        "kernel.setting_adjusted",
        actor.pk,
        {NAME: 1000},
        {NAME: 1250},
        "As announced.",
    )
    now = standing(NAME)
    assert (now.value, now.is_adjusted, now.shown, now.file_value, now.changed_by) == (
        1250,
        True,
        "12.5 %",
        "10 %",
        actor.email,
    )
    adjustable.refresh()
    assert adjustable.number(NAME) == 1250


def test_the_files_value_comes_back(actor: User) -> None:
    _adjust(actor, 1250)
    reset_setting(actor=actor, name=NAME, expected=1250, reason="Enough.")
    now = standing(NAME)
    assert (now.value, now.is_adjusted, now.changed_by) == (1000, False, actor.email)
    assert [(each.action, each.after) for each in history(NAME)] == [
        ("kernel.setting_reset", {NAME: 1000}),
        ("kernel.setting_adjusted", {NAME: 1250}),
    ]
    with pytest.raises(InvalidInput, match="holds already"):
        reset_setting(actor=actor, name=NAME, expected=1000, reason="Again.")


def test_who_saw_another_value_changes_nothing(actor: User) -> None:
    _adjust(actor, 1250)
    with pytest.raises(SettingChanged) as refusal:
        _adjust(actor, 900)
    assert (refusal.value.code, refusal.value.value) == ("SETTING_CHANGED", "12.5 %")
    with pytest.raises(SettingChanged):
        reset_setting(actor=actor, name=NAME, expected=1000, reason="Enough.")
    assert (standing(NAME).value, AuditEntry.objects.count()) == (1250, 1)


@pytest.mark.parametrize("value", [-1, 10_001, "1250", 12.5, None, [], True, 1000])
def test_what_it_cannot_be_and_what_it_is_already_are_refused(actor: User, value: object) -> None:
    with pytest.raises(InvalidInput):
        _adjust(actor, value)
    assert (AdjustedSetting.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_change_takes_a_reason(actor: User) -> None:
    with pytest.raises(InvalidInput):
        adjust_setting(actor=actor, name=NAME, value=1250, expected=1000, reason=" ")
    assert not AdjustedSetting.objects.exists()


def test_who_may_not_and_what_there_is_not_look_alike(actor: User) -> None:
    for who, name in ((_with_role(FINANCE), NAME), (UserFactory.create(), NAME), (actor, "SECRET_KEY")):
        with pytest.raises(NotFound):
            _adjust(who, 1250, name=name)
        with pytest.raises(NotFound):
            reset_setting(actor=who, name=name, expected=1000, reason="Enough.")
    assert not AdjustedSetting.objects.exists()


def test_words_are_kept_in_their_order(actor: User, settings: Settings) -> None:
    settings.ONBOARDING_STEPS = ()
    _adjust(actor, ["terms", "profile"], expected=[], name="ONBOARDING_STEPS")
    _adjust(actor, (), expected=("profile", "terms"), name="ONBOARDING_STEPS")
    assert [each.after for each in history("ONBOARDING_STEPS")] == [
        {"ONBOARDING_STEPS": []},
        {"ONBOARDING_STEPS": ["profile", "terms"]},
    ]
    assert standing("ONBOARDING_STEPS").is_adjusted


def test_what_does_not_fit_any_more_stands_as_the_files(actor: User) -> None:
    _adjust(actor, 1250)
    AdjustedSetting.objects.update(value=10_001)
    assert (standing(NAME).value, standing(NAME).is_adjusted) == (1000, False)
    _adjust(actor, 900)
    assert {each.declared.name: each.value for each in standings() if each.is_adjusted} == {NAME: 900}


def test_the_outlook_is_from_what_it_is_to_what_is_asked(actor: User) -> None:
    _adjust(actor, 1250)
    assert "carries 9 % instead of 12.5 %" in outlook(standing(NAME), 900)[0]
    assert "carries 10 % instead of 12.5 %" in outlook(standing(NAME), None)[0]
    with pytest.raises(InvalidInput):
        outlook(standing(NAME), -1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_saw_the_same_one_is_told() -> None:
    actor = UserFactory.create(is_staff=True, is_superuser=True)
    outcomes = at_once(partial(_adjust, actor, 900), partial(_adjust, actor, 1250))
    assert {type(each) for each in outcomes} == {AdjustedSetting, SettingChanged}
    assert AuditEntry.objects.count() == 1
