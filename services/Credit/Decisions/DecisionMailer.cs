using System.Net;
using Npgsql;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Tells sales by mail how cases were decided, where the policy names an address. It follows the log, so one instance
/// sends at a time; what came of it is kept with the case. A mail that is out while that is not kept, as after a crash,
/// goes out again with the same Message-ID. While the mail server is away the decisions wait.
/// </summary>
/// <param name="store">The log.</param>
/// <param name="books">The policies.</param>
/// <param name="mailer">Null where no mail server is named: then the case says so.</param>
/// <param name="smtp">What Message-IDs end in.</param>
public sealed class DecisionMailer(EventStore store, DecisionBooks books, Mailer? mailer, SmtpOptions smtp)
    : ISubscription
{
    private static readonly EventMetadata Metadata = new(CreditService.Name, Reason: "Sales is told");

    /// <inheritdoc/>
    public string Name => "CreditDecisionMails:All";

    /// <inheritdoc/>
    public int PageSize => 500;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        foreach (var decision in events.Where(e => e.Data is ApplicationApproved or ApplicationDeclined))
            await TellAsync(decision, cancellation);
        return [];
    }

    private async Task TellAsync(StoredEvent decision, CancellationToken cancellation)
    {
        var (application, _) = await store.LoadAsync(ApplicationStream.Type, decision.StreamId, cancellation);
        if (application.MailedDecision >= decision.Version || application.Submitted is not { } submitted)
            return;
        var (account, _) = await store.LoadAsync(CreditAccountStream.Type, submitted.CustomerId, cancellation);
        var policy = (await books.FactsAsync(submitted.LegalEntity, cancellation)).Policy.Policy.Applications;
        if (policy.Sales?.For(account.Customer?.Segment) is not { } to)
            return;
        var failure = await SendAsync(decision, submitted, account, to, cancellation);
        var told = new DecisionMailed(submitted.CustomerId, decision.Version, to, failure);

        // The mail may be out: that is kept even when this instance is asked to stop meanwhile.
        await store.DecideAsync(
            ApplicationStream.Type, decision.StreamId, Metadata,
            now => now.MailedDecision >= decision.Version ? Decision.Nothing : Decision.Of(told),
            cancellation: CancellationToken.None);
    }

    /// <summary>Null when the server has taken it, else why nobody is reached.</summary>
    private async Task<string?> SendAsync(
        StoredEvent decision, ApplicationSubmitted submitted, CreditAccount account, string to,
        CancellationToken cancellation)
    {
        if (mailer is null)
            return "No mail server is named (Smtp:Host).";
        var lines = Lines(decision, submitted, account).ToList();
        var text = string.Join('\n', lines);
        var mail = new OutgoingMail(
            $"<credit-{decision.StreamId:N}-{decision.Version}@{smtp.Domain}>", to, "Sales",
            $"Credit {submitted.LegalEntity}", "en", OneLine($"{submitted.CustomerName}: {lines[0]}"), text,
            $"<html lang=\"en\"><body>{string.Concat(lines.Select(line => $"<p>{WebUtility.HtmlEncode(line)}</p>"))}" +
            "</body></html>");
        var failure = await mailer.SendAsync(mail, cancellation);
        return failure is { IsOfServer: true } ? throw new SalesNotReachedException(failure.Reason) : failure?.Reason;
    }

    /// <summary>What was decided first, then what it is about and why.</summary>
    private static IEnumerable<string> Lines(
        StoredEvent decision, ApplicationSubmitted submitted, CreditAccount account)
    {
        var isByPolicy = decision.Data is ApplicationApproved { ByPolicy: true }
            or ApplicationDeclined { ByPolicy: true };
        yield return decision.Data is ApplicationApproved granted
            ? $"credit of {granted.Limit} is approved" +
                (granted.ExpiresOn is { } last ? $" until {last:yyyy-MM-dd}" : "") +
                (granted.Terms is { } terms ? $", with terms {terms}" : "")
            : $"credit of {submitted.RequestedLimit} is declined";
        yield return $"Customer: {submitted.CustomerName}, {account.Opened?.Number}, {submitted.LegalEntity}";
        yield return $"Asked for: {submitted.RequestedLimit}" +
            (submitted.RequestedTerms is { } asked ? $", terms {asked}" : "") + $", by {submitted.SubmittedBy}";
        yield return $"Decided by: {(isByPolicy ? "the credit policy" : decision.Metadata.By)}";
        if (decision.Metadata.Reason is { Length: > 0 } reason)
            yield return $"Reason: {reason}";
        foreach (var why in (decision.Data as ApplicationDeclined)?.Reasons ?? [])
            yield return $"- {why.Detail}";
        yield return $"Case: {decision.StreamId}";
    }

    private static string OneLine(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}

/// <summary>The mail server takes no mail now; it is tried again.</summary>
public sealed class SalesNotReachedException(string reason) : Exception($"The mail server takes no mail: {reason}");
