using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.OverdueStates;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Tasks;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using Contract = OrderToCash.Contracts.Collections.V1;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// What Collections tells the others about contacts, tasks, escalations, overdue states and collectors.
/// </summary>
internal static class FollowUpPublications
{
    public static Publications Contacts(this Publications publications) => publications
        .On<ContactSuppressed>(e => new Contract.ContactSuppressed(
            e.Data.Point.LegalEntity, e.Data.Point.CustomerId, Kebab.Of(e.Data.Point.Channel), e.Data.Rule,
            e.Data.Detail, e.Data.Until, e.Data.NoticeId))
        .On<ContactRuleBroken>(e => new Contract.ContactRuleBroken(
            e.Data.Point.LegalEntity, e.Data.Point.CustomerId, Kebab.Of(e.Data.Point.Channel), e.Data.Rule,
            e.Data.Detail, e.Data.ActivityId))
        .On<ConsentStated>(Consent)
        .On<AddressFailed>(e => Address(e.Data.Point, failed: true))
        .On<AddressRestored>(e => Address(e.Data.Point, failed: false));

    public static Publications Collectors(this Publications publications) => publications
        .On<CollectorAssigned>(e => new Contract.CollectorAssigned(
            e.Data.CustomerId, e.Data.LegalEntity, e.Data.Collector, e.Data.Rule));

    public static Publications Tasks(this Publications publications) => publications
        .On<TaskCreated>(e => Task(e, e.Data, TaskState.Open))
        .On<TaskDone>(e => Task(e, e.Data.Created, TaskState.Done))
        .On<TaskCancelled>(e => Task(e, e.Data.Created, TaskState.Cancelled));

    public static Publications Escalations(this Publications publications) => publications
        .On<EscalationRaised>(e => Raised(e, e.Data))
        .On<EscalationMovedUp>(e => Raised(e, e.Data.Raised))
        .On<EscalationClosed>(e => new Contract.EscalationClosed(
            e.StreamId, e.Data.Raised.LegalEntity, e.Data.Raised.CustomerId, e.Data.Result));

    public static Publications OverdueStates(this Publications publications) => publications
        .On<OverdueStateChanged>(e => new Contract.OverdueStateChanged(
            e.Data.CustomerId, e.Data.LegalEntity, e.Data.From, e.Data.To,
            e.Data.Actions.Contains(OverdueAction.BlockChanges), e.Data.Arrears.Items,
            [.. e.Data.Arrears.Balances.Select(balance => balance.ToContract())], e.Data.Arrears.Days))
        .On<PaymentRetryRequested>(e => new Contract.PaymentRetryRequested(
            e.Data.CustomerId, e.Data.LegalEntity, e.Data.State, e.Data.Attempt,
            [.. e.Data.Balances.Select(balance => balance.ToContract())]));

    /// <summary>
    /// A no that Invoicing has told is not told back: where the contact takes it back there it would stay here.
    /// </summary>
    private static Contract.ContactConsentStated? Consent(Recorded<ConsentStated> e) => e.Data switch
    {
        { ByInvoicing: true, Granted: false } => null,
        { Point: { Address: { } address } point } said => new(
            point.LegalEntity, point.CustomerId, Kebab.Of(point.Channel), address, said.Granted, said.On),
        _ => null,
    };

    /// <summary>Others send mail, and ask nobody here about numbers.</summary>
    private static Contract.MailAddressChanged? Address(ContactPoint point, bool failed) =>
        point is { Channel: ContactChannel.Email, Address: { } address }
            ? new(point.LegalEntity, point.CustomerId, address, failed)
            : null;

    private static Contract.CollectionTaskChanged Task<TEvent>(
        Recorded<TEvent> e, TaskCreated task, TaskState state) => new(
            e.StreamId, task.LegalEntity, task.CustomerId, Kebab.Of(task.Kind), task.Text, task.DueOn,
            Kebab.Of(state));

    private static Contract.EscalationRaised Raised<TEvent>(Recorded<TEvent> e, EscalationRaised raised) => new(
        e.StreamId, raised.LegalEntity, raised.CustomerId, Kebab.Of(raised.Target), Kebab.Of(raised.Cause),
        raised.SourceId, raised.Text, raised.AcknowledgeBy);
}
