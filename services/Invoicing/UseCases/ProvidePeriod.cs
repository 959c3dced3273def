using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>What the provision matrix asks for at the end of a period, in the books' currency.</summary>
/// <param name="Day">Last day of the period.</param>
/// <param name="Buckets">What is open per bucket, by booked rates and without deposits, and what that asks for.</param>
/// <param name="Target">What the allowance is to be.</param>
/// <param name="Allowance">What it is on that day, write-offs, recoveries and earlier provisions in it.</param>
/// <param name="Change">What is to be posted yet: more, or below zero less.</param>
public sealed record ProvisionView(
    string LegalEntity, string Period, DateOnly Day, IReadOnlyList<BucketProvision> Buckets, Money Target,
    Money Allowance, Money Change, long Version);

/// <summary>
/// Provides for doubtful accounts at the end of a period by the legal entity's provision matrix: posted is only the
/// change, so said again it is nothing. Reading it is the preview.
/// </summary>
public static class ProvidePeriod
{
    /// <summary>Why.</summary>
    /// <param name="Reason">Kept in the history.</param>
    public sealed record Request(string? Reason = null);

    /// <summary>
    /// Open items by the days they are overdue on a day, customer by customer: what one has to its credit does not make
    /// safer what another owes. What is billed ahead, and its credit, is left out: nothing was delivered that could be
    /// lost.
    /// </summary>
    private const string Open =
        """
        with owed as (
            select width_bucket(@day::date - s.due_date, @starts::int[]) as bucket, sum(s.base_amount) as amount
            from subledger_entries s left join customers c on c.customer_id = s.customer_id
            where s.legal_entity = @entity and s.posting_date <= @day and s.base_amount is not null
                and s.invoice_id not in (
                    select invoice_id from invoices where legal_entity = @entity and kind = 'Deposit'
                    union all
                    select m.credit_memo_id from credit_memos m join invoices d on d.invoice_id = m.invoice_id
                    where m.legal_entity = @entity and d.kind = 'Deposit')
            group by 1, coalesce(c.merged_into, s.customer_id))
        select bucket, sum(greatest(amount, 0)) as amount from owed group by 1
        """;

    private const string Posted =
        $"""
        select coalesce(sum(case
            when l.currency = @books then l.credit - l.debit else l.base_credit - l.base_debit end), 0)
        from journal_entries e join journal_lines l on l.entry_id = e.entry_id and l.role = '{AccountRoles.Allowance}'
        where e.legal_entity = @entity and e.posting_date <= @day
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/periods/{entity}/{period}/provision", PreviewAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<ProvisionView>()
            .WithSummary("What the provision matrix asks for at the end of a period");
        routes.MapPost("/periods/{entity}/{period}/provision", PostAsync)
            .RequireScopeOr(Scopes.InvoicingBooks, Scopes.Admin).Produces<ProvisionView>()
            .WithSummary("Bring the allowance for doubtful accounts to what the provision matrix asks for");
        HistoryEndpoint.Map(
            routes, "/legal-entities/{code}/allowance/history", AllowanceStream.Type, Scopes.InvoicingRead,
            allowance => allowance.LegalEntity, values => AllowanceStream.Id($"{values["code"]}"));
    }

    private static async Task<IResult> PreviewAsync(
        string entity, string period, Caller caller, EventStore store, CancellationToken cancellation)
    {
        if (!Period.TryParse(period, out var month))
            return ReadPeriods.Malformed();
        var (definition, refusal) = await ReadPeriods.FindAsync(entity, caller, store, cancellation);
        if (definition is null)
            return Problems.From(refusal!);
        var (_, version) = await store.LoadAsync(AllowanceStream.Type, AllowanceStream.Id(entity), cancellation);
        return await FindAsync(definition, month, store, cancellation) is { } found
            ? Reply.Ok(View(entity, month, found, version), version)
            : Problems.From(NoRates(entity));
    }

    private static async Task<IResult> PostAsync(
        string entity, string period, HttpCommand command, AccountingCalendars calendars, Request? request = null)
    {
        if (!Period.TryParse(period, out var month))
            return ReadPeriods.Malformed();
        if (request?.Reason is { Length: > 0 } why && Refusal.Unexplained(why) is { } unexplained)
            return await command.RefuseAsync(unexplained);
        var stream = AllowanceStream.Id(entity);
        return await command.CommitAsync(async cancellation =>
        {
            var (definition, refusal) = await ReadPeriods.FindAsync(
                entity, command.Caller, command.Store, cancellation);
            if (definition is null)
                return refusal!;
            var (_, version) = await command.Store.LoadAsync(AllowanceStream.Type, stream, cancellation);
            command.Expect(version);
            if (await FindAsync(definition, month, command.Store, cancellation) is not { } found)
                return NoRates(entity);
            await calendars.RefreshAsync(cancellation);
            var decision = AllowanceDecider.Post(
                entity, month, found.Buckets, found.Allowance, definition.Accounts.Other,
                calendars.Of(entity).For(command.Caller.Roles), command.Clock.Today(definition.TimeZone));
            if (decision.Refusal is { } no)
                return no;
            var after = version + decision.Events.Count;
            return Plan.Write(
                new WriteBatch(command.Metadata(request?.Reason))
                    .Append(AllowanceStream.Type, stream, version, decision.Events),
                Reply.Ok(View(entity, month, found with { Allowance = found.Target }, after), after));
        });
    }

    /// <summary>What is found at the end of a period; the allowance is that of its last day.</summary>
    internal sealed record Found(IReadOnlyList<BucketProvision> Buckets, Money Target, Money Allowance);

    /// <summary>Null where the legal entity has no loss rates.</summary>
    internal static async Task<Found?> FindAsync(
        LegalEntityDefined entity, Period month, EventStore store, CancellationToken cancellation)
    {
        var (policy, _) = await store.LoadAsync(
            MonthEndPolicyStream.Type, MonthEndPolicyStream.Id(entity.Code), cancellation);
        if (policy.Definition is not { LossRates: { Count: > 0 } rates })
            return null;
        var books = Currency.Of(entity.BaseCurrency);
        var parameters = new
        {
            entity = entity.Code,
            books = entity.BaseCurrency,
            day = month.LastDay,
            starts = rates.Take(rates.Count - 1).Select(rate => rate.UpTo!.Value + 1).ToArray(),
        };
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var open = (await connection.QueryAsync<(int Bucket, decimal Amount)>(new CommandDefinition(
            Open, parameters, cancellationToken: cancellation)))
            .ToDictionary(row => row.Bucket, row => row.Amount);
        var posted = await connection.ExecuteScalarAsync<decimal>(new CommandDefinition(
            Posted, parameters, cancellationToken: cancellation));
        var buckets = AllowanceDecider.Find(
            rates, [.. rates.Select((_, index) => open.GetValueOrDefault(index))], books);
        return new Found(buckets, AllowanceDecider.Target(buckets, books), Money.Of(posted, books));
    }

    private static Refusal NoRates(string entity) => Refusal.State(
        "no-loss-rates", $"{entity} has no loss rates; define them with its month-end policy.");

    private static ProvisionView View(string entity, Period month, Found found, long version) => new(
        entity, $"{month}", month.LastDay, found.Buckets, found.Target, found.Allowance,
        found.Target - found.Allowance, version);
}
