using Dapper;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>What a file would do if it were imported now. Nothing of it is booked or kept.</summary>
/// <param name="AlreadyImported">True where all of it is imported already: it would do nothing.</param>
/// <param name="EarlierStillBooking">True where lines of an earlier file of these accounts are still being booked: what
/// this one has in common with them is not told as booked yet.</param>
/// <param name="StatementCount">Statements in the file; the first 500 are shown.</param>
/// <param name="Receipts">New receipts, with those that were entered before.</param>
/// <param name="PendingPayments">Payments that the bank has not booked yet.</param>
/// <param name="Returns">Payments that the bank takes back, or ours that come back.</param>
/// <param name="Matching">What would become of the first receipts.</param>
public sealed record StatementPreview(
    string Format, string Sha256, long Size, bool AlreadyImported, bool EarlierStillBooking, int StatementCount,
    IReadOnlyList<PreviewedStatement> Statements, int Receipts, int PendingPayments, int Returns,
    PreviewedMatching Matching);

/// <summary>A statement of the file.</summary>
/// <param name="Chain">How its balances link: <c>follows</c> (its balances take their place), <c>overlaps</c> (lines
/// that are booked already are left out), <c>repeated</c>, or <c>none</c> (it links to nothing, as no message without
/// balances does).</param>
/// <param name="Lines">Its lines by class, as <c>/lines</c> would list them; none of one that is repeated.</param>
public sealed record PreviewedStatement(StatementView Statement, string Chain, IReadOnlyList<PreviewedLines> Lines);

/// <summary>Lines of one class.</summary>
/// <param name="Class"><c>receipt</c>, <c>already-booked</c>, <c>fee</c>, <c>return</c> and others.</param>
/// <param name="Sum">As they move the balance; null where that is more than an amount can be.</param>
public sealed record PreviewedLines(string Class, int Count, Money? Sum);

/// <summary>What matching would make of receipts, on what is open now.</summary>
/// <param name="LookedAt">Receipts that were looked at: the first 1,000 of the file.</param>
/// <param name="Entered">Of these, money that was entered before.</param>
/// <param name="Applied">Of these, what would be applied without a person.</param>
/// <param name="Suggested">Of these, what would wait with a suggestion.</param>
/// <param name="Waiting">Of these, what would wait without one.</param>
/// <param name="Unidentified">Of those that would not be applied, whose payer nobody knows.</param>
/// <param name="AppliedSums">What would be applied, per currency.</param>
public sealed record PreviewedMatching(
    int LookedAt, int Entered, int Applied, int Suggested, int Waiting, int Unidentified,
    IReadOnlyList<Money> AppliedSums)
{
    internal static PreviewedMatching Of(int lookedAt, int entered, IReadOnlyList<MatchResult> matches) => new(
        lookedAt, entered, matches.Count(match => match.Chosen is not null),
        matches.Count(match => match is { Chosen: null, Suggestions.Count: > 0 }),
        matches.Count(match => match is { Chosen: null, Suggestions.Count: 0 }),
        matches.Count(match => match is { Chosen: null, CustomerId: null }),
        [
            .. matches.SelectMany(match => match.Chosen?.Lines ?? []).GroupBy(line => line.Amount.Currency)
                .OrderBy(one => one.Key.Code, StringComparer.Ordinal)
                .Select(one => Money.Sum(one.Select(line => line.Amount), one.Key)),
        ]);
}

/// <summary>
/// GW-14, B-20: says what a file would book, match and leave out, by the same readings as its import. It holds no more
/// of a file than one write does; the bytes of a large one are kept while it is read and dropped with the answer.
/// </summary>
public sealed class StatementPreviews(
    EventStore store, StatementImporter importer, StatementBooker booker, ReceiptMatching matching)
{
    private const int MostStatements = 500;

    /// <summary>The answer to a file that has just come: what it would do, or why it would be refused.</summary>
    public async Task<IResult> AnswerAsync(
        HttpCommand command, ReceivedFile file, string? format, string? mapping, string? bankAccount,
        bool holdsEffects = false)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            var reading = await FileReadings.OfAsync(
                store.Database, file, format, mapping, bankAccount, command.Cancellation);
            var order = new ImportOrder(file, reading, Caller: command.Caller, HoldsEffects: holdsEffects);
            return Reply.Ok(await OfAsync(order, command.Cancellation));
        }
        catch (StatementRefused refused)
        {
            return Problems.From(new Refusal(
                refused.Refusal.Code,
                refused.WaitsFor is null
                    ? $"{refused.Refusal} It would be refused; nothing is booked or kept."
                    : $"{refused.Refusal} It would wait for the missing statement; nothing is booked or kept.",
                Field: $"/{refused.Refusal.Element}"));
        }
        finally
        {
            if (file.IsKept)
                await StatementFiles.DropAsync(store.Database, file.ImportId);
        }
    }

    private async Task<StatementPreview> OfAsync(ImportOrder order, CancellationToken cancellation)
    {
        var isBooking = false;
        var accounts = new StatementAccounts(
            store, order.Reading.BankAccount, order.Caller,
            async (code, cancel) => isBooking |= await IsBookingAsync(code, cancel));
        var (format, surveyed) = await importer.ReadAsync(order, accounts, cancellation);
        var file = order.File;
        var imported = new StatementFileImported(
            format, file.Sha256, file.Size,
            [.. surveyed.Select(one => StatementAcceptance.Describe(one, accounts.Present(one.Account.Code)))],
            order.Reading);
        var sums = new Dictionary<(int Statement, LineClass Class), (int Count, decimal Sum)>();
        var first = new List<(IncomingReceipt Receipt, string BankAccount)>();
        var (receipts, pending, returns) = (0, 0, 0);
        await using var stream = await StatementFiles.OpenAsync(store.Database, file, cancellation);
        await foreach (var chunk in booker.ChunksAsync(file.ImportId, stream, imported, cancellation))
        {
            receipts += chunk.Receipts.Count;
            pending += order.HoldsEffects ? 0 : chunk.Pending.Count;
            first.AddRange(chunk.Receipts.Take(StatementBooker.MostAtOnce - first.Count));
            foreach (var (statement, line) in chunk.Statements.SelectMany(
                booked => booked.Lines.Select(one => (booked.Statement, one))))
            {
                returns += line.Returns?.Count ?? 0;
                var (count, sum) = sums.GetValueOrDefault((statement, line.Class));
                sums[(statement, line.Class)] = (count + 1, sum + line.Amount.Amount);
            }
        }

        var views = StatementImportView.Of(file.ImportId, imported, "imported", [], null).Statements;
        return new StatementPreview(
            format, file.Sha256, file.Size, surveyed.All(one => one.Place.IsRepeat), isBooking, surveyed.Count,
            [
                .. surveyed.Take(MostStatements).Select((one, index) => new PreviewedStatement(
                    views[index], ChainOf(one.Place),
                    LinesOf(index + 1, Currency.Of(one.Account.Currency), sums))),
            ],
            receipts, pending, returns, await MatchAsync(first, order.HoldsEffects, cancellation));
    }

    private static string ChainOf(StatementPlace place) => place switch
    {
        { IsRepeat: true } => "repeated",
        { LeavesOutKnown: true } => "overlaps",
        { Opening: not null } => "follows",
        _ => "none",
    };

    private static PreviewedLines[] LinesOf(
        int statement, Currency currency,
        Dictionary<(int Statement, LineClass Class), (int Count, decimal Sum)> sums) =>
    [
        .. Enum.GetValues<LineClass>().Where(kind => sums.ContainsKey((statement, kind)))
            .Select(kind => (kind, of: sums[(statement, kind)]))
            .Select(pair => new PreviewedLines(
                Names.Kebab(pair.kind), pair.of.Count,
                Money.TryOf(pair.of.Sum, currency, out var sum) ? sum : null)),
    ];

    /// <summary>
    /// As its import would match them, but for what other money takes until then; where its effects would be held none
    /// is matched, and money that was entered is cleared all the same.
    /// </summary>
    private async Task<PreviewedMatching> MatchAsync(
        IReadOnlyList<(IncomingReceipt Receipt, string BankAccount)> receipts, bool holdsEffects,
        CancellationToken cancellation)
    {
        var rows = new Dictionary<string, BankAccountRow>(StringComparer.Ordinal);
        foreach (var code in receipts.Select(pair => pair.BankAccount).Distinct())
            rows[code] = (await store.Database.BankAccountAsync(code, cancellation))!;
        var entered = 0;
        var matches = new List<MatchResult>(receipts.Count);
        foreach (var group in receipts.Select(pair => (pair.Receipt, Account: rows[pair.BankAccount]))
            .GroupBy(pair => pair.Account.LegalEntity))
        {
            var told = await EnteredReceipts.OfAsync(store.Database, group.Key, [.. group], cancellation);
            entered += told.Count;
            if (holdsEffects)
                continue;
            var entity = (await store.Database.LegalEntityAsync(group.Key, cancellation))!;
            Payment[] payments =
            [
                .. group.Where(pair => !told.ContainsKey(pair.Receipt.ReceiptId)).Select(pair =>
                    ReceiptRecorder.PaymentOf(pair.Receipt, entity.AccountsFor(
                        pair.Account.LedgerAccount, pair.Account.ChargesAccount))),
            ];
            var settings = await matching.SettingsAsync(group.Key, cancellation);
            matches.AddRange((await matching.MatchInOrderAsync(group.Key, payments, settings, cancellation)).Matches);
        }

        return PreviewedMatching.Of(receipts.Count, entered, matches);
    }

    private async Task<bool> IsBookingAsync(string bankAccount, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select 1 from statement_imports i join statements s on s.import_id = i.id " +
            "where i.status = 'booking' and s.bank_account = @bankAccount)",
            new { bankAccount }, cancellationToken: cancellation));
    }
}
