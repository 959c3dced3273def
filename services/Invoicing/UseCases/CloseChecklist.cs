using Dapper;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.Revaluations;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// The checklist of a month end with what was found: looked up as of now, and kept with the period when it is closed.
/// </summary>
public static class CloseChecklist
{
    /// <summary>The checklist.</summary>
    /// <param name="Ready">None of them failed.</param>
    public sealed record Response(string LegalEntity, string Period, bool Ready, IReadOnlyList<CloseCheck> Checks);

    /// <summary>
    /// Entries of the month, and those that do not balance in a currency or, of our own, in the books. What cash
    /// application posts is translated line by line.
    /// </summary>
    private const string Journal =
        """
        with lines as (
            select e.entry_id, l.currency, sum(l.debit - l.credit) as rest, sum(case
                when l.currency = @books then l.debit - l.credit else l.base_debit - l.base_credit end) as base_rest
            from journal_entries e join journal_lines l on l.entry_id = e.entry_id
            where e.legal_entity = @entity and e.posting_date between @first and @last group by 1, 2
            union all
            select e.entry_id, l.currency, sum(l.debit - l.credit), 0
            from received_journal_entries e join received_journal_lines l on l.entry_id = e.entry_id
            where e.legal_entity = @entity and e.posting_date between @first and @last group by 1, 2),
        entries as (
            select entry_id, bool_or(rest <> 0) or coalesce(sum(base_rest), 0) <> 0 as unbalanced from lines group by 1)
        select count(*) as entries, count(*) filter (where unbalanced) as unbalanced from entries
        """;

    /// <summary>Money that was not applied at the end of the month, by role and currency, and its worth.</summary>
    private const string Cash =
        """
        select l.role, l.currency, sum(l.credit - l.debit) as amount, coalesce(sum(case
            when l.currency = @books then l.credit - l.debit else l.base_credit - l.base_debit end), 0) as worth
        from (select * from journal_entries union all select * from received_journal_entries) e
        join (select * from journal_lines union all select * from received_journal_lines) l on l.entry_id = e.entry_id
        where e.legal_entity = @entity and e.posting_date <= @last and l.role in ('unapplied-cash', 'unidentified-cash')
        group by 1, 2 having sum(l.credit - l.debit) <> 0 order by 1, 2
        """;

    /// <summary>
    /// What cash application asked for before the month was over and has no answer to. What was asked for since is on
    /// its way, and belongs to the next month.
    /// </summary>
    private const string Unanswered =
        """
        select currency, count(*) as allocations, sum(amount) as amount from asked_allocations
        where legal_entity = @entity and ((asked_at < @over and not answered) or (reversal_at < @over and not reversed))
        group by 1 order by 1
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/periods/{entity}/{period}/checklist", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Response>()
        .WithSummary("The checklist of a month end, with what is found");

    private static async Task<IResult> HandleAsync(
        string entity, string period, Caller caller, EventStore store, TimeProvider clock,
        CancellationToken cancellation)
    {
        if (!Period.TryParse(period, out var month))
            return ReadPeriods.Malformed();
        var (definition, refusal) = await ReadPeriods.FindAsync(entity, caller, store, cancellation);
        if (definition is null)
            return Problems.From(refusal!);
        var untranslated = await RateTable.FindUntranslatedAsync(
            store.Database, entity, definition.BaseCurrency, month, cancellation);
        List<CloseCheck> checks =
        [
            .. await ReadAsync(definition, month, store, clock.Today(definition.TimeZone), null, cancellation),
            new(
                "cash-translated", untranslated is null ? CloseCheckResult.Passed : CloseCheckResult.Broken,
                untranslated?.Detail ?? "All cash has its worth in the books."),
        ];
        var ready = checks.TrueForAll(
            check => check.Result is CloseCheckResult.Passed or CloseCheckResult.NotKnown);
        return Reply.Ok(new Response(entity, $"{month}", ready, checks));
    }

    /// <summary>
    /// What is kept with the period; cash without a worth in the books keeps it open whatever else is found.
    /// </summary>
    /// <param name="comments">On large changes; null where it is no close, which they come with.</param>
    internal static async Task<IReadOnlyList<CloseCheck>> ReadAsync(
        LegalEntityDefined entity, Period month, EventStore store, DateOnly today,
        IReadOnlyList<FluxComment>? comments, CancellationToken cancellation)
    {
        var (policy, _) = await store.LoadAsync(
            MonthEndPolicyStream.Type, MonthEndPolicyStream.Id(entity.Code), cancellation);
        var books = Currency.Of(entity.BaseCurrency);
        var allowance = await AllowanceAsync(entity, month, store, cancellation);
        var flux = await FluxAsync(entity, month, store, comments, cancellation);
        var revaluation = await RevaluationAsync(entity, month, store, today, cancellation);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var parameters = new
        {
            entity = entity.Code,
            books = entity.BaseCurrency,
            first = month.FirstDay,
            last = month.LastDay,
        };
        var (entries, unbalanced) = await connection.QuerySingleAsync<(long Entries, long Unbalanced)>(
            new CommandDefinition(
            Journal, parameters, cancellationToken: cancellation));
        var cash = (await connection.QueryAsync<(string Role, string Currency, decimal Amount, decimal Worth)>(
            new CommandDefinition(
            Cash, parameters, cancellationToken: cancellation))).ToLookup(
                row => row.Role, row => (Money.Of(row.Amount, row.Currency), Worth: Money.Round(row.Worth, books)));
        return
        [
            new(
                "journals-balanced", unbalanced == 0 ? CloseCheckResult.Passed : CloseCheckResult.Broken,
                $"{entries} entries, {unbalanced} of them out of balance."),
            await TieOutAsync(connection, entity, month, cancellation),
            revaluation,
            allowance,
            flux,
            Of("cash-identified", "unidentified", [.. cash["unidentified-cash"]], Money.Zero(books)),
            Of("cash-applied", "unapplied", [.. cash["unapplied-cash"]],
                policy.Definition?.UnappliedCash is { } most ? Money.Round(most, books) : null),
            await AllocationsAsync(connection, entity, month, cancellation),
            await StatementsAsync(connection, entity, month, cancellation),
        ];
    }

    /// <summary>Names what the checklist is read from; to be asked for before it is read.</summary>
    internal static async Task<string> SourceAsync(
        string entity, Period month, NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select close_evidence($1, $2, $3)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = month.LastDay });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = MonthEndPolicyStream.Id(entity) });
        return (string)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Has the checklist read again where that has changed.</summary>
    internal static NpgsqlBatchCommand CheckSource(string entity, Period month, string seen)
    {
        var command = new NpgsqlBatchCommand("select check_close_evidence($1, $2, $3, $4)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = month.LastDay });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = MonthEndPolicyStream.Id(entity) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = seen });
        return command;
    }

    /// <summary>
    /// Cash that is promised to items and not yet applied to them is unapplied in the journal, so it counts here, too.
    /// </summary>
    /// <param name="limit">What may be left, in the books' currency; null where nobody has said.</param>
    private static CloseCheck Of(
        string code, string what, IReadOnlyList<(Money Amount, Money Worth)> cash, Money? limit) => cash.Count == 0
        ? new CloseCheck(code, CloseCheckResult.Passed, $"No cash is {what}.")
        : new CloseCheck(
            code,
            limit is not { } most ? CloseCheckResult.NotKnown
                : most.IsPositive && Money.Sum(cash.Select(one => one.Worth), most.Currency) <= most
                    ? CloseCheckResult.Passed
                    : CloseCheckResult.Failed,
            $"{string.Join(", ", cash.Select(one => one.Amount))} of cash is {what}" +
            (limit is { IsPositive: true } allowed ? $"; {allowed} may be." : "."));

    private static async Task<CloseCheck> AllocationsAsync(
        NpgsqlConnection connection, LegalEntityDefined entity, Period month, CancellationToken cancellation)
    {
        const string code = "allocations-answered";
        var over = month.Next.FirstDay.StartIn(entity.TimeZone).ToUniversalTime();
        var open = (await connection.QueryAsync<(string Currency, long Allocations, decimal Amount)>(
            new CommandDefinition(
            Unanswered, new { entity = entity.Code, over }, cancellationToken: cancellation))).AsList();
        return open.Count == 0
            ? new CloseCheck(code, CloseCheckResult.Passed, "Every allocation of the month is answered.")
            : new CloseCheck(
                code, CloseCheckResult.Failed,
                $"{open.Sum(row => row.Allocations)} allocations were asked for and are not answered: " +
                $"{string.Join(", ", open.Select(row => Money.Of(row.Amount, row.Currency)))}.");
    }

    /// <summary>
    /// Statements of all accounts are in that cover the last day: a later one does where the bank writes none on that
    /// day. Of an account that was closed they reach its last day, unless one of a later day shows that it goes on; one
    /// that was closed before the month and has none is not looked at. Any other without statements has its money told
    /// in another way, and is named; one that nobody has said whose it is, and whose statements are behind, may be the
    /// entity's.
    /// </summary>
    private static async Task<CloseCheck> StatementsAsync(
        NpgsqlConnection connection, LegalEntityDefined entity, Period month, CancellationToken cancellation)
    {
        const string code = "cash-complete";
        var accounts = (await connection.QueryAsync<(string Code, bool Known, DateOnly? Through, DateOnly Until)>(
            new CommandDefinition(
            "select code, legal_entity is not null, statements_through, case when statements_through > closed_on " +
            "then @LastDay else least(closed_on, @LastDay) end " +
            "from bank_accounts where (legal_entity = @Code and (statements_through is not null or closed_on is null " +
            "or closed_on >= @FirstDay)) or (legal_entity is null and statements_through < @LastDay) order by code",
            new { entity.Code, month.FirstDay, month.LastDay }, cancellationToken: cancellation))).AsList();
        var told = accounts.Where(account => account is { Known: true, Through: not null }).ToList();
        var behind = told.Where(account => account.Through < account.Until).ToList();
        var mute = accounts.Where(account => account.Through is null).Select(account => account.Code).ToList();
        var strange = accounts.Where(account => !account.Known).Select(account => account.Code).ToList();
        var words = new[]
        {
            told.Count == 0 ? "No statement of a bank account was ever imported."
                : "Statements are in through " + string.Join(", ", (behind.Count == 0 ? told : behind).Select(
                    account => $"{account.Through:yyyy-MM-dd} ({account.Code})")) + ".",
            mute.Count == 0 ? null : $"Without any statement: {string.Join(", ", mute)}.",
            strange.Count == 0 ? null : $"Behind, and nobody has said whose: {string.Join(", ", strange)}.",
        };
        return new CloseCheck(
            code,
            behind.Count > 0 ? CloseCheckResult.Failed
                : told.Count == 0 || strange.Count > 0 ? CloseCheckResult.NotKnown
                : CloseCheckResult.Passed,
            string.Join(" ", words.OfType<string>()));
    }

    private static async Task<CloseCheck> TieOutAsync(
        NpgsqlConnection connection, LegalEntityDefined entity, Period month, CancellationToken cancellation)
    {
        var sums = await TieOutReport.SumsAsync(connection, entity.Code, month.LastDay, cancellation);
        var off = sums.Where(row => !row.Ties).Select(row =>
            $"{row.Currency}: subledger {row.Subledger}, open items {row.OpenItems?.ToString() ?? "not known"}, " +
            $"control account {row.ControlAccount}").ToList();
        if (off.Count > 0)
            return new CloseCheck("subledger-ties", CloseCheckResult.Broken, $"{string.Join("; ", off)}.");
        var compared = sums.Where(row => row.OpenItems is not null).Select(row => row.Subledger).ToList();
        var notKnown = sums.Where(row => row.OpenItems is null).Select(row => row.Subledger).ToList();
        var words = new[]
        {
            compared.Count == 0 && notKnown.Count > 0 ? null
                : $"Subledger = open items = control account: {string.Join(", ", compared)}.",
            notKnown.Count == 0 ? null
                : $"Subledger = control account: {string.Join(", ", notKnown)}; the open items of that day are not " +
                    "known until the subledger is rebuilt.",
        };
        return new CloseCheck(
            "subledger-ties", notKnown.Count > 0 ? CloseCheckResult.NotKnown : CloseCheckResult.Passed,
            string.Join(" ", words.OfType<string>()));
    }

    private static async Task<CloseCheck> AllowanceAsync(
        LegalEntityDefined entity, Period month, EventStore store, CancellationToken cancellation)
    {
        const string code = "allowance-provided";
        return await ProvidePeriod.FindAsync(entity, month, store, cancellation) switch
        {
            null => new CloseCheck(code, CloseCheckResult.NotKnown, "There are no loss rates to provide by."),
            { } found when found.Target != found.Allowance => new CloseCheck(
                code, CloseCheckResult.Failed,
                $"The allowance is {found.Allowance}, the provision matrix asks for {found.Target}."),
            { } found => new CloseCheck(code, CloseCheckResult.Passed, $"The allowance is {found.Allowance}."),
        };
    }

    /// <summary>Each large change is kept with what was said about it.</summary>
    private static async Task<CloseCheck> FluxAsync(
        LegalEntityDefined entity, Period month, EventStore store, IReadOnlyList<FluxComment>? comments,
        CancellationToken cancellation)
    {
        const string code = "changes-explained";
        var report = await FluxReport.FindAsync(entity, month, null, store, cancellation);
        var large = report.Lines.Where(line => line.IsLarge).Select(line => (
            Line: line, comments?.FirstOrDefault(comment => comment.Role == line.Role)?.Comment)).ToList();
        var astray = comments?.Select(comment => comment.Role)
            .Except(large.Select(one => one.Line.Role), StringComparer.Ordinal).ToList();
        if (astray is { Count: > 0 })
        {
            return new CloseCheck(
                code, CloseCheckResult.Failed, $"Comments on what has no large change: {string.Join(", ", astray)}.");
        }

        if (report.Threshold is null)
            return new CloseCheck(code, CloseCheckResult.NotKnown, "There is no threshold for changes.");
        var words = large.Select(one =>
            $"{one.Line.Role} {one.Line.Now} ({one.Line.PriorPeriod.Change} to the period before, " +
            $"{one.Line.PriorYear.Change} to the year before): {one.Comment ?? "no comment"}");
        var result = large.TrueForAll(one => one.Comment is not null) ? CloseCheckResult.Passed
            : comments is null ? CloseCheckResult.NotKnown
            : CloseCheckResult.Failed;
        return new CloseCheck(
            code, result,
            large.Count == 0 ? "No change is large."
                : $"{(comments is null ? "Comments come with the close. " : "")}{string.Join("; ", words)}");
    }

    private static async Task<CloseCheck> RevaluationAsync(
        LegalEntityDefined entity, Period month, EventStore store, DateOnly today, CancellationToken cancellation)
    {
        const string code = "items-revalued";
        var (revalued, refusal) = await RevaluePeriod.FindAsync(entity, month, store, today, cancellation);
        if (revalued is null)
            return new CloseCheck(code, CloseCheckResult.Failed, refusal!.Detail);
        var (state, _) = await store.LoadAsync(
            RevaluationStream.Type, RevaluationStream.Id(entity.Code, month), cancellation);
        var items = revalued.Found.Sum(one => one.Items);
        return RevaluationDecider.IsDue(state, revalued.Period, revalued.Found)
            ? new CloseCheck(code, CloseCheckResult.Failed, $"{items} open items are not shown by the closing rate.")
            : new CloseCheck(code, CloseCheckResult.Passed, $"{items} open items are in other currencies.");
    }
}
