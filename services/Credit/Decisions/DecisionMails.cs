using Npgsql;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Has sales told how cases were decided (<see cref="SalesDesk"/>). It follows the log, and a mail is queued with how
/// far it has come; so it is queued once.
/// </summary>
public sealed class DecisionMails(EventStore store, SalesDesk desk) : ISubscription
{
    /// <inheritdoc/>
    public string Name => "CreditDecisionMails:All";

    /// <inheritdoc/>
    public int PageSize => 500;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } = [typeof(ApplicationApproved), typeof(ApplicationDeclined)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        var rows = new List<NpgsqlBatchCommand>();
        foreach (var decision in events.Where(e => e.Data is ApplicationApproved or ApplicationDeclined))
        {
            var (application, _) = await store.LoadAsync(ApplicationStream.Type, decision.StreamId, cancellation);
            if (application.Submitted is { } submitted && await desk.MailAsync(
                decision, submitted.LegalEntity, submitted.CustomerId, submitted.CustomerName,
                (words, account) => Lines(words, decision, submitted, account), cancellation) is { } row)
                rows.Add(row);
        }

        return rows;
    }

    /// <summary>What was decided first, then what it is about and why.</summary>
    private static IEnumerable<string> Lines(
        DecisionWords words, StoredEvent decision, ApplicationSubmitted submitted, CreditAccount account)
    {
        var isByPolicy = decision.Data is ApplicationApproved { ByPolicy: true }
            or ApplicationDeclined { ByPolicy: true };
        yield return decision.Data is ApplicationApproved granted
            ? words.Say(words.Approved, granted.Limit) +
                (granted.ExpiresOn is { } last ? words.Say(words.Until, last) : "") +
                (granted.Terms is { } terms ? words.Say(words.WithTerms, terms) : "")
            : words.Say(words.Declined, submitted.RequestedLimit);
        yield return words.Say(
            words.Customer, submitted.CustomerName, account.Opened?.Number, submitted.LegalEntity);
        yield return words.Say(words.AskedFor, submitted.RequestedLimit, submitted.SubmittedBy) +
            (submitted.RequestedTerms is { } asked ? words.Say(words.Terms, asked) : "");
        yield return words.Say(words.DecidedBy, isByPolicy ? words.ThePolicy : decision.Metadata.By);
        if (decision.Metadata.Reason is { Length: > 0 } reason)
            yield return words.Say(words.Reason, reason);
        foreach (var why in (decision.Data as ApplicationDeclined)?.Reasons ?? [])
            yield return $"- {why.Detail}";
        yield return words.Say(words.Case, decision.StreamId);
    }
}
