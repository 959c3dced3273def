using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>What Collections tells the others.</summary>
public static class CollectionsPublications
{
    /// <summary>Stored events to contracts.</summary>
    public static Publications Create() => new Publications()
        .On<NoticeSent>(sent => NoticeSent(sent.StreamId, sent.Data.Content))
        .On<NoticeSent>(sent => Contacted(
            sent.Event.Id, sent.Data.Content, ContactOutcome.Sent, NoticeSummary.Sent(sent.Data.Content)))
        .On<ReminderFeeAsked>(asked => new ReminderFeeRequested(
            ReminderFeeStream.RequestId(asked.StreamId), asked.StreamId, asked.Data.LegalEntity, asked.Data.CustomerId,
            asked.Data.Fee.ToContract(), asked.Data.Date, asked.Data.Step, asked.Event.Metadata.By))
        .On<NoticeFailed>(failed => Contacted(
            failed.Event.Id, failed.Data.Content, ContactOutcome.Failed, NoticeSummary.Failed(failed.Data)))
        .On<ActivityLogged>(logged => new ContactLogged(
            logged.StreamId, logged.Data.CustomerId, Name(logged.Data.Channel), Name(logged.Data.Outcome),
            logged.Data.Summary))
        .Promises()
        .Plans()
        .Holds()
        .Disputes()
        .Contacts()
        .Tasks()
        .Escalations()
        .Recommendations()
        .Placements()
        .OverdueStates()
        .Collectors();

    private static DunningNoticeSent NoticeSent(Guid noticeId, NoticeContent content) => new(
        noticeId, content.CustomerId, content.LegalEntity, content.Date, content.Step, Name(content.Channel),
        [.. content.Totals.Select(total => total.ToContract())], [.. content.Items.Select(Item)]);

    private static DunnedItem Item(NoticeItem item) => new(
        item.InvoiceId, item.Installment, item.InvoiceNumber, item.DueDate, item.Balance.ToContract());

    private static ContactLogged Contacted(Guid id, NoticeContent content, ContactOutcome outcome, string summary) =>
        new(id, content.CustomerId, Name(content.Channel), Name(outcome), summary);

    private static string Name(Enum value) => Kebab.Of(value);
}
