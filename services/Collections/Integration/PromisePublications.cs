using OrderToCash.Collections.Promises;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using Contract = OrderToCash.Contracts.Collections.V1;

namespace OrderToCash.Collections.Integration;

/// <summary>What Collections tells the others about promises.</summary>
internal static class PromisePublications
{
    public static Publications Promises(this Publications publications) => publications
        .On<PromiseMade>(made => new Contract.PromiseMade(Promise(
            made, PromiseStatus.Open, new PromiseOutcome(made.Data, Money.Zero(made.Data.Amount.Currency)))))
        .On<PromiseKept>(kept => new Contract.PromiseKept(Promise(kept, PromiseStatus.Kept, kept.Data.Outcome)))
        .On<PromisePartlyKept>(kept => new Contract.PromisePartlyKept(
            Promise(kept, PromiseStatus.PartlyKept, kept.Data.Outcome)))
        .On<PromiseBroken>(broken => new Contract.PromiseBroken(
            Promise(broken, PromiseStatus.Broken, broken.Data.Outcome)))
        .On<PromiseReopened>(open => new Contract.PromiseReopened(
            Promise(open, PromiseStatus.Open, open.Data.Outcome)))
        .On<PromiseCancelled>(cancelled => new Contract.PromiseCancelled(
            Promise(cancelled, PromiseStatus.Cancelled, cancelled.Data.Outcome),
            cancelled.Event.Metadata.Reason ?? ""));

    private static Contract.Promise Promise<TEvent>(
        Recorded<TEvent> e, PromiseStatus status, PromiseOutcome outcome) => new(
            e.StreamId, outcome.Made.LegalEntity, outcome.Made.CustomerId, outcome.Made.Amount.ToContract(),
            outcome.Received.ToContract(), outcome.Made.PromisedFor, outcome.Made.JudgedAfter, outcome.Made.Level,
            Kebab.Of(status), [.. outcome.Made.Items.Select(item => new Contract.PromisedItem(
                item.InvoiceId, item.Installment, item.InvoiceNumber, item.Balance.ToContract()))]);
}
