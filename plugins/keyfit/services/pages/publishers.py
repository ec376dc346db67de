"""Further services that publish to topics in their own name: databases, migrations, mail, budgets (M1-M3, M15-M18)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, On, Page, Routes, Via
from keyfit.services.pages import topics

# M3: the account can be asked for; of which resource they give the ARN is not documented.
_WITH_ACCOUNT: Final = Via("sns", perhaps=True, facts=(("aws:SourceAccount", "{account}"),))
_TOPIC: Final = Form(targets=("SnsTopicArn",), where={"Enabled": "true*"})
_IN_TERRAFORM: Final = Form(targets=("sns_topic_arn",), where={"enabled": "true*"})

# --- consumers -----------------------------------------------------------------------------------------------------

DATABASE_EVENTS: Final = Kind(
    "RDS event subscription",
    {
        "AWS::RDS::EventSubscription": _TOPIC,
        "aws_db_event_subscription": Form(targets=("sns_topic",), where={"enabled": "true*"}),
    },
)
MIGRATION_EVENTS: Final = Kind(
    "DMS event subscription",
    {"AWS::DMS::EventSubscription": _TOPIC, "aws_dms_event_subscription": _IN_TERRAFORM},
)
WAREHOUSE_EVENTS: Final = Kind(
    "Redshift event subscription",
    {"AWS::Redshift::EventSubscription": _TOPIC, "aws_redshift_event_subscription": _IN_TERRAFORM},
)
MAIL_FEEDBACK: Final = Kind(
    "SES feedback notification", {"aws_ses_identity_notification_topic": Form(targets=("topic_arn",))}
)
MAIL_EVENTS: Final = Kind(
    "SES event destination",
    {
        "AWS::SES::ConfigurationSetEventDestination": Form(
            targets=("EventDestination.SnsDestination.TopicARN",), enabled="EventDestination.Enabled"
        ),
        "aws_sesv2_configuration_set_event_destination": Form(
            targets=("event_destination.sns_destination.topic_arn",), enabled="event_destination.enabled"
        ),
        "aws_ses_event_destination": Form(targets=("sns_destination.topic_arn",), enabled="enabled"),
    },
)
BUDGET: Final = Kind(
    "AWS budget",
    {
        "AWS::Budgets::Budget": Form(targets=("NotificationsWithSubscribers[].Subscribers[].Address",)),
        "aws_budgets_budget": Form(targets=("notification[].subscriber_sns_topic_arns[]",)),
    },
)

# --- calls ---------------------------------------------------------------------------------------------------------


_SILENT: Final = Call(
    By.SERVICE,
    topics.ACTIONS,
    _WITH_ACCOUNT,
    routes=Routes.KEY_POLICY,
    on=On.TARGET,
    targets=(topics.TOPIC.words,),
    failure=Failure.SILENT,
)
_REFUSED: Final = _SILENT._replace(failure=Failure.AT_DEPLOYMENT)

TOPIC_ACCESS: Final = (
    _SILENT._replace(  # M15
        kinds=(DATABASE_EVENTS.words,),
        principal="events.rds.amazonaws.com",
        lost="events of the database happen and nobody is told",
    ),
    _REFUSED._replace(  # M16
        kinds=(MIGRATION_EVENTS.words,),
        principal="dms.amazonaws.com",
        lost="DMS refuses the subscription",
        told="KMSAccessDeniedFault",
    ),
    _SILENT._replace(
        kinds=(WAREHOUSE_EVENTS.words,),
        principal="redshift.amazonaws.com",
        lost="events of the cluster happen and nobody is told",
    ),
    _REFUSED._replace(  # M17
        kinds=(MAIL_FEEDBACK.words,),
        principal="ses.amazonaws.com",
        lost="SES refuses the topic",
        told="InvalidParameterValue",
    ),
    _SILENT._replace(
        kinds=(MAIL_EVENTS.words,),
        principal="ses.amazonaws.com",
        lost="events of messages are not published, and nobody is told",
    ),
    _SILENT._replace(  # M18
        kinds=(BUDGET.words,),
        principal="budgets.amazonaws.com",
        lost="the budget is exceeded and nobody is told",
        level="warning",
    ),
)

PAGE: Final = Page(
    name="publishers",
    title="SNS",
    words=("::eventsubscription", "_event_subscription", "::ses::", "_ses_", "_sesv2_", "::budgets::", "_budgets_"),
    kinds=(DATABASE_EVENTS, MIGRATION_EVENTS, WAREHOUSE_EVENTS, MAIL_FEEDBACK, MAIL_EVENTS, BUDGET),
    calls=TOPIC_ACCESS,
    common=True,
)
