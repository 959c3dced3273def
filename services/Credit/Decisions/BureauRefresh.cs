using Dapper;
using OrderToCash.Credit.Bureau;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Asks the bureau again about customers with a limit whose report has grown old, and where the policy says so about
/// those it was never asked about, so that a bankruptcy is not seen at the next application only. Nobody is asked about
/// whose numbers are not told yet: who is found by name may be another company, and is not held for that. What knocks
/// out holds the account in the write that keeps the report; the new figures count in the next rescoring, and both are
/// reasons for a review. A day asks about so many customers, and a run for so long; the others' turn comes with the
/// next days.
/// </summary>
public sealed class BureauRefresh(EventStore store, DecisionBooks books, BureauDesk bureau, TimeProvider clock)
{
    private const int MostPerDay = 500;

    /// <summary>After so many customers in a row to whom nothing was said the bureau is away, and asked tomorrow.
    /// </summary>
    private const int MostAway = 3;

    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(5);

    /// <summary>Each day in another order: nobody waits for ever behind those about whom it never answers.</summary>
    private const string Stale =
        "select a.customer_id as CustomerId, a.legal_entity as LegalEntity, a.name as Name, a.country as Country, " +
        "n.registration_number as RegistrationNumber, n.tax_id as TaxId from credit_accounts a " +
        "join company_numbers n on n.customer_id = a.customer_id " +
        "left join bureau_reports u on u.customer_id = a.customer_id where a.legal_entity = @legalEntity " +
        "and a.limit_amount > 0 and a.status in ('active', 'suspended') " +
        "and (u.received_on + @days <= @today or (u.customer_id is null and @unknown)) " +
        "order by md5(a.customer_id || @day) limit greatest(0, @most - (select count(*) from bureau_reports t " +
        "join credit_accounts b on b.customer_id = t.customer_id " +
        "where t.received_on = @today and b.legal_entity = @legalEntity))";

    private static readonly EventMetadata Metadata = new(CreditService.Name, Reason: "The bureau's report");

    /// <summary>Refreshes them; how many reports are new.</summary>
    public async Task<int> RunAsync(string legalEntity, DecisionFacts facts, CancellationToken cancellation)
    {
        if (!bureau.IsSet || facts.Policy.Policy.Applications.RefreshDays is not { } days)
            return 0;
        var (refreshed, away, begun) = (0, 0, clock.GetTimestamp());
        foreach (var company in await ReadAsync(legalEntity, facts, days, cancellation))
        {
            if (away == MostAway || clock.GetElapsedTime(begun) > LongestRun)
                break;
            var (received, isAway) = await bureau.AskAsync(company, facts.Today, cancellation);
            away = isAway ? away + 1 : 0;
            if (received is null)
                continue;
            await KeepAsync(received, cancellation);
            refreshed++;
        }

        return refreshed;
    }

    /// <summary>Keeps the answer and holds the account for what it finds, both or neither.</summary>
    private Task KeepAsync(BureauReportReceived received, CancellationToken cancellation) => store.CommitAsync(
        async token =>
        {
            var (id, stream) = (received.CustomerId, BureauStream.Id(received.CustomerId));
            var file = await store.LoadAsync(BureauStream.Type, stream, token);
            var account = await store.LoadAsync(CreditAccountStream.Type, id, token);
            var facts = (await books.FactsAsync(token))(account.State);
            return new WriteBatch(Metadata)
                .Append(BureauStream.Type, stream, file.Version, [received])
                .Append(
                    CreditAccountStream.Type, id, account.Version,
                    [.. HoldDecider.Found(id, account.State, received.Report?.Findings ?? [], facts)]);
        },
        cancellation);

    private async Task<List<Company>> ReadAsync(
        string legalEntity, DecisionFacts facts, int days, CancellationToken cancellation)
    {
        var today = facts.Today;
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var companies = await connection.QueryAsync<Company>(new CommandDefinition(
            Stale,
            new
            {
                legalEntity,
                today,
                day = $"{today:yyyy-MM-dd}",
                days,
                unknown = facts.Policy.Policy.Applications.RefreshUnknown,
                most = MostPerDay,
            },
            cancellationToken: cancellation));
        return companies.AsList();
    }
}
