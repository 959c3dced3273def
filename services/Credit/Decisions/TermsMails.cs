using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.TermsRequests;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Has sales told what became of requests for terms (<see cref="SalesDesk"/>): that they are approved or rejected, or
/// that something else is offered and its answer is waited for. It follows the log by itself, so that no older instance
/// which knows of cases alone passes one over.
/// </summary>
public sealed class TermsMails(EventStore store, SalesDesk desk) : ISubscription
{
    /// <inheritdoc/>
    public string Name => "CreditTermsMails:All";

    /// <inheritdoc/>
    public int PageSize => 500;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } =
        [typeof(TermsApproved), typeof(TermsRejected), typeof(CounterOffered)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        var rows = new List<NpgsqlBatchCommand>();
        foreach (var decision in events.Where(e => e.Data is TermsApproved or TermsRejected or CounterOffered))
        {
            var (request, _) = await store.LoadAsync(TermsStream.Type, decision.StreamId, cancellation);
            if (request.Requested is { } asked && await desk.MailAsync(
                decision, asked.LegalEntity, asked.CustomerId, asked.CustomerName,
                (words, account) => Lines(words, decision, request, account), cancellation) is { } row)
                rows.Add(row);
        }

        return rows;
    }

    /// <summary>
    /// What was decided first, then what it is about and why. What is rejected is what was on the table, for nothing
    /// follows it.
    /// </summary>
    private static IEnumerable<string> Lines(
        DecisionWords words, StoredEvent decision, TermsRequest request, CreditAccount account)
    {
        var asked = request.Requested!;
        var (said, told) = decision.Data switch
        {
            TermsApproved approved => (words.TermsApproved, approved.Agreed),
            CounterOffered countered => (words.TermsOffered, countered.Offer),
            _ => (words.TermsDeclined, request.OnTheTable),
        };
        yield return words.Say(said, told.Terms, asked.AgreedTerms);
        if (told.BillingSchedule is { } billing)
            yield return words.Say(words.Billing, told.Plan is { } plan ? $"{billing} ({words.Plan(plan)})" : billing);
        yield return words.Say(words.Customer, asked.CustomerName, account.Opened?.Number, asked.LegalEntity);
        yield return words.Say(words.AskedFor, asked.Wish.Terms, asked.RequestedBy);
        yield return words.Say(words.DecidedBy, decision.Metadata.By);
        if (decision.Metadata.Reason is { Length: > 0 } reason)
            yield return words.Say(words.Reason, reason);
        yield return words.Say(words.Request, decision.StreamId);
    }
}
