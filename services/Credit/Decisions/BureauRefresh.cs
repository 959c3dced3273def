using Dapper;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Bureau;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Asks the bureau again about customers with a limit whose report has grown old, so that a bankruptcy is not seen at
/// the next application only. What knocks out holds the account at once; the new figures count in the rescoring, and
/// both are reasons for a review.
/// </summary>
public sealed class BureauRefresh(EventStore store, DecisionBooks books, BureauDesk bureau)
{
    private const int Chunk = 200;

    /// <summary>After so many customers in a row without an answer the bureau is away, and asked tomorrow.</summary>
    private const int MostUnavailable = 3;

    private const string Stale =
        "select a.customer_id as CustomerId, a.name as Name, a.country as Country from credit_accounts a " +
        "join bureau_reports u on u.customer_id = a.customer_id where a.legal_entity = @legalEntity " +
        "and a.limit_amount > 0 and a.status in ('active', 'suspended') and u.received_on + @days <= @today " +
        "and a.customer_id > @after order by a.customer_id limit @chunk";

    /// <summary>Refreshes them; how many reports are new.</summary>
    public async Task<int> RunAsync(string legalEntity, DecisionFacts facts, CancellationToken cancellation)
    {
        if (facts.Policy.Policy.Applications.RefreshDays is not { } days)
            return 0;
        var (refreshed, away, after) = (0, 0, Guid.Empty);
        while (await ReadAsync(legalEntity, facts.Today, days, after, cancellation) is { Count: > 0 } companies)
        {
            foreach (var company in companies)
            {
                var answer = await bureau.ConsultAsync(company, facts.Today, days - 1, cancellation);
                if (answer.Status == ConsultationStatus.NotConfigured)
                    return refreshed;
                away = answer.Status == ConsultationStatus.Unavailable ? away + 1 : 0;
                if (away == MostUnavailable)
                    return refreshed;
                if (away > 0)
                    continue;
                refreshed++;
                await HoldAsync(company.CustomerId, answer, cancellation);
            }

            after = companies[^1].CustomerId;
        }

        return refreshed;
    }

    private async Task HoldAsync(Guid customerId, Consultation answer, CancellationToken cancellation)
    {
        if (answer.Report is not { Findings: { Count: > 0 } findings })
            return;
        var facts = await books.FactsAsync(cancellation);
        await store.DecideAsync(
            CreditAccountStream.Type, customerId, new EventMetadata(CreditService.Name, Reason: "The bureau's report"),
            account => Decision.Of([.. HoldDecider.Found(customerId, account, findings, facts(account))]),
            cancellation: cancellation);
    }

    private async Task<List<Company>> ReadAsync(
        string legalEntity, DateOnly today, int days, Guid after, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<(Guid CustomerId, string Name, string Country)>(new CommandDefinition(
            Stale, new { legalEntity, today, days, after, chunk = Chunk }, cancellationToken: cancellation));
        return [.. rows.Select(row => new Company(row.CustomerId, legalEntity, row.Name, row.Country))];
    }
}
