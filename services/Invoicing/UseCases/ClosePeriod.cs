using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Ends the daily business of a period and closes it.</summary>
public static class ClosePeriod
{
    /// <summary>
    /// Where something is posted all the time, what was seen last is what is kept: a close that waits for a quiet
    /// moment might never come, and one that reads while it keeps everybody away would hold up the whole entity.
    /// </summary>
    private const int MostLooks = 3;

    private const int MostComments = 50;

    private static readonly string[] Controller = ["controller"];

    /// <summary>Who may still post.</summary>
    /// <param name="Reason">Kept in the history.</param>
    /// <param name="AdjustingRoles">Whose documents the period still takes; without them <c>controller</c>.</param>
    public sealed record SoftCloseRequest(string? Reason = null, IReadOnlyList<string>? AdjustingRoles = null);

    /// <summary>Why.</summary>
    /// <param name="Reason">Kept in the history.</param>
    /// <param name="Accept">Checks of the checklist that may have failed, by code.</param>
    /// <param name="Comments">On large changes, by role; kept with the checklist. At most 50.</param>
    public sealed record CloseRequest(
        string? Reason = null, IReadOnlyList<string>? Accept = null, IReadOnlyList<FluxComment>? Comments = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/periods/{entity}/{period}/soft-close", SoftCloseAsync)
            .RequireScopeOr(Scopes.InvoicingBooks, Scopes.Admin).Produces<PeriodView>()
            .WithSummary("End the daily business of a period");
        routes.MapPost("/periods/{entity}/{period}/close", CloseAsync)
            .RequireScopeOr(Scopes.InvoicingBooks, Scopes.Admin).Produces<PeriodView>().WithSummary("Close a period");
    }

    private static Task<IResult> SoftCloseAsync(
        string entity, string period, HttpCommand command, SoftCloseRequest? request = null) =>
        ChangeAsync(entity, period, request?.Reason, command, (calendar, month, today) => PeriodDecider.SoftClose(
            command.Caller.Scopes.Contains(Scopes.Admin)
                ? calendar with { MayAdjust = true }
                : calendar.For(command.Caller.Roles),
            entity, month, request?.AdjustingRoles ?? Controller, today));

    private static Task<IResult> CloseAsync(
        string entity, string period, HttpCommand command, CloseRequest? request = null)
    {
        IReadOnlyList<CloseCheck> evidence = [];
        var comments = request?.Comments ?? [];
        if (comments.Count > MostComments || comments.Any(one =>
            string.IsNullOrWhiteSpace(one.Comment) || one.Comment.Length > 500 || one.Comment.Any(char.IsControl)))
        {
            return command.RefuseAsync(InvoiceRefusals.Invalid(
                "/comments", $"There are at most {MostComments} comments of 1 to 500 characters on one line."));
        }

        var source = "";
        return ChangeAsync(
            entity, period, request?.Reason, command,
            (calendar, month, today) => PeriodDecider.Close(
                calendar, entity, month, today, evidence, request?.Accept ?? []),
            async (definition, month, cancellation) =>
            {
                source = await CloseChecklist.SourceAsync(entity, month, command.Store.Database, cancellation);
                evidence = await CloseChecklist.ReadAsync(
                    definition, month, command.Store, command.Clock.Today(definition.TimeZone), comments,
                    cancellation);
            },
            month => CloseChecklist.CheckSource(entity, month, source));
    }

    /// <summary>Changes the calendar while nobody posts.</summary>
    /// <param name="look">
    /// Looks up what the decision rests on, where all that the period holds must have its worth in the books.
    /// </param>
    /// <param name="check">Makes sure, once nobody posts, that it is still so.</param>
    private static async Task<IResult> ChangeAsync(
        string entity, string period, string? reason, HttpCommand command,
        Func<AccountingCalendar, Period, DateOnly, Decision> decide,
        Func<LegalEntityDefined, Period, CancellationToken, Task>? look = null,
        Func<Period, NpgsqlBatchCommand>? check = null)
    {
        var (definition, refusal) = await ReadPeriods.FindAsync(
            entity, command.Caller, command.Store, command.Cancellation);
        if (definition is null)
            return await command.RefuseAsync(refusal!);
        if (!Period.TryParse(period, out var month))
            return ReadPeriods.Malformed();
        if (reason is { Length: > 0 } why && Refusal.Unexplained(why) is { } unexplained)
            return await command.RefuseAsync(unexplained);
        Refusal? untranslated = null;
        var looks = 0;
        await RefreshAsync(command.Cancellation);
        return await command.DecideAsync(
            AccountingCalendarStream.Type,
            AccountingCalendarStream.Id(entity),
            calendar =>
            {
                var decision = decide(calendar, month, command.Clock.Today(definition.TimeZone));
                return decision.IsRefused || untranslated is null ? decision : untranslated;
            },
            decided => Reply.Ok(PeriodView.Of(entity, month, decided.State, decided.Version), decided.Version),
            reason: reason,
            with: (batch, _) =>
            {
                batch.Guard(Alone(entity));
                if (check is not null && looks <= MostLooks)
                    batch.Guard(check(month));
                if (look is not null)
                    batch.Guard(RateTable.CheckTranslated(entity, definition.BaseCurrency, month.LastDay));
            },
            refresh: RefreshAsync);

        async Task RefreshAsync(CancellationToken cancellation)
        {
            if (look is not null)
            {
                looks++;
                await look(definition, month, cancellation);
                untranslated = await RateTable.FindUntranslatedAsync(
                    command.Store.Database, entity, definition.BaseCurrency, month, cancellation);
            }
        }
    }

    /// <summary>Waits until nobody is posting for the entity and keeps everybody from it until the commit.</summary>
    internal static NpgsqlBatchCommand Alone(string entity)
    {
        var command = new NpgsqlBatchCommand("select pg_advisory_xact_lock(accounting_calendar_key($1))");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
        return command;
    }
}
