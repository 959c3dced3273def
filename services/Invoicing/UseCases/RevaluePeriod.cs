using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.Revaluations;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// The open items of a period's end in foreign currencies, and cash that is not applied, by the closing rate.
/// </summary>
/// <param name="Day">Last day of the period.</param>
/// <param name="Currencies">As they are found now.</param>
/// <param name="Posted">What was posted so far, by currency.</param>
/// <param name="Due">What is found is not what was posted.</param>
public sealed record RevaluationView(
    string LegalEntity, string Period, DateOnly Day, IReadOnlyList<RevaluedCurrency> Currencies,
    IReadOnlyList<RevaluedCurrency> Posted, bool Due, long Version);

/// <summary>
/// Revalues what is open in foreign currencies at the end of a period, unapplied cash with it, once: said again it
/// posts what has changed since. Reading it is the preview.
/// </summary>
public static class RevaluePeriod
{
    /// <summary>Why.</summary>
    /// <param name="Reason">Kept in the history.</param>
    public sealed record Request(string? Reason = null);

    /// <summary>Open items of the day; what was booked without a rate has no worth to compare.</summary>
    private const string Items =
        """
        select currency, sum(amount) as balance, sum(base_amount) as booked from subledger_entries
        where legal_entity = @entity and posting_date <= @day and currency <> @books
        group by invoice_id, installment, currency having sum(amount) <> 0 and count(*) = count(base_amount)
        """;

    /// <summary>
    /// Cash of the day that is not applied, receipt by receipt: a receipt keeps its rate, so what is left of it has a
    /// booked worth. What has none yet keeps the period open by itself.
    /// </summary>
    private const string Cash =
        """
        select l.currency, sum(l.debit - l.credit) as balance, sum(l.base_debit - l.base_credit) as booked
        from (
            select entry_id, receipt_id as receipt from journal_entries
            where legal_entity = @entity and posting_date <= @day and receipt_id is not null
            union all
            select entry_id, source_id from received_journal_entries
            where legal_entity = @entity and posting_date <= @day) e
        join (select * from journal_lines union all select * from received_journal_lines) l on l.entry_id = e.entry_id
        where l.currency <> @books and l.role in ('unapplied-cash', 'unidentified-cash')
        group by e.receipt, l.currency
        having sum(l.debit - l.credit) <> 0 and count(*) = count(l.base_debit)
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/periods/{entity}/{period}/revaluation", PreviewAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<RevaluationView>()
            .WithSummary("What revaluing the open items of a period's end comes to");
        routes.MapPost("/periods/{entity}/{period}/revaluation", PostAsync)
            .RequireScopeOr(Scopes.InvoicingBooks, Scopes.Admin).Produces<RevaluationView>()
            .WithSummary("Revalue the open items of a period's end, and take it back on the next day");
        HistoryEndpoint.Map(
            routes, "/periods/{entity}/{period}/revaluation/history", RevaluationStream.Type, Scopes.InvoicingRead,
            revaluation => revaluation.LegalEntity,
            values => Period.TryParse($"{values["period"]}", out var period)
                ? RevaluationStream.Id($"{values["entity"]}", period)
                : null);
    }

    private static async Task<IResult> PreviewAsync(
        string entity, string period, Caller caller, EventStore store, TimeProvider clock,
        CancellationToken cancellation)
    {
        if (!Period.TryParse(period, out var month))
            return ReadPeriods.Malformed();
        var (revalued, refusal) = await FindAsync(entity, month, caller, store, clock, cancellation);
        if (revalued is null)
            return Problems.From(refusal!);
        var (state, version) = await store.LoadAsync(
            RevaluationStream.Type, RevaluationStream.Id(entity, month), cancellation);
        var due = RevaluationDecider.IsDue(state, revalued.Period, revalued.Found);
        return Reply.Ok(View(revalued, state, due, version), version);
    }

    private static async Task<IResult> PostAsync(
        string entity, string period, HttpCommand command, AccountingCalendars calendars, Request? request = null)
    {
        if (!Period.TryParse(period, out var month))
            return ReadPeriods.Malformed();
        if (request?.Reason is { Length: > 0 } why && Refusal.Unexplained(why) is { } unexplained)
            return await command.RefuseAsync(unexplained);
        var stream = RevaluationStream.Id(entity, month);
        return await command.CommitAsync(async cancellation =>
        {
            var (revalued, refusal) = await FindAsync(
                entity, month, command.Caller, command.Store, command.Clock, cancellation);
            if (revalued is null)
                return refusal!;
            var (state, version) = await command.Store.LoadAsync(RevaluationStream.Type, stream, cancellation);
            command.Expect(version);
            await calendars.RefreshAsync(cancellation);
            var decision = RevaluationDecider.Post(
                state, revalued.Period, revalued.Found, calendars.Of(entity).For(command.Caller.Roles));
            if (decision.Refusal is { } no)
                return no;
            var after = decision.Events.Aggregate(state, Revaluation.Evolve);
            version += decision.Events.Count;
            return Plan.Write(
                new WriteBatch(command.Metadata(request?.Reason)).Append(
                    RevaluationStream.Type, stream, version - decision.Events.Count, decision.Events),
                Reply.Ok(View(revalued, after, due: false, version), version));
        });
    }

    internal sealed record Revalued(RevaluedPeriod Period, IReadOnlyList<RevaluedCurrency> Found);

    /// <summary>What is open at the end of a period, by the closing rates; or why that cannot be said.</summary>
    internal static async Task<(Revalued? Revalued, Refusal? Refusal)> FindAsync(
        LegalEntityDefined entity, Period month, EventStore store, DateOnly today, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var parameters = new { entity = entity.Code, day = month.LastDay, books = entity.BaseCurrency };
        var items = (await connection.QueryAsync<(string Currency, decimal Balance, decimal Booked)>(
            new CommandDefinition(
            Items, parameters, cancellationToken: cancellation)))
            .Select(row => new ForeignItem(row.Currency, row.Balance, row.Booked)).ToList();
        items.AddRange((await connection.QueryAsync<(string Currency, decimal Balance, decimal Booked)>(
            new CommandDefinition(
            Cash, parameters, cancellationToken: cancellation)))
            .Select(row => new ForeignItem(row.Currency, row.Balance, row.Booked, IsCash: true)));
        var rates = await RateTable.ClosingAsync(
            store.Database, entity.Code, [.. items.Select(item => item.Currency).Distinct()], month.LastDay,
            cancellation);
        var period = new RevaluedPeriod(
            entity.Code, month, Currency.Of(entity.BaseCurrency), entity.Accounts.Other);
        var (found, refusal) = RevaluationDecider.Find(period, items, rates, today);
        return found is null ? (null, refusal) : (new Revalued(period, found), null);
    }

    private static async Task<(Revalued? Revalued, Refusal? Refusal)> FindAsync(
        string entity, Period month, Caller caller, EventStore store, TimeProvider clock,
        CancellationToken cancellation)
    {
        var (definition, refusal) = await ReadPeriods.FindAsync(entity, caller, store, cancellation);
        return definition is null
            ? (null, refusal)
            : await FindAsync(definition, month, store, clock.Today(definition.TimeZone), cancellation);
    }

    private static RevaluationView View(Revalued revalued, Revaluation state, bool due, long version) => new(
        revalued.Period.LegalEntity, $"{revalued.Period.Period}", revalued.Period.Period.LastDay, revalued.Found,
        state.Posted, due, version);
}
