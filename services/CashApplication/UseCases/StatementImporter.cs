using Dapper;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A file to be imported.</summary>
/// <param name="File">Its bytes.</param>
/// <param name="Reading">How to read it.</param>
/// <param name="Version">Version of the import's stream: more than 0 where it was refused before.</param>
/// <param name="Caller">Who imports; null where it is imported by itself.</param>
/// <param name="AcceptsGap">True where a person lets in a statement that links to nothing.</param>
/// <param name="HoldsEffects">True where it is booked without its effects (<see cref="StatementEffects"/>).</param>
public sealed record ImportOrder(
    ReceivedFile File, FileReading Reading, long Version = 0, Caller? Caller = null, bool AcceptsGap = false,
    bool HoldsEffects = false);

/// <summary>The write that imports a file.</summary>
/// <param name="Batch">Null where everything in it is imported already.</param>
/// <param name="Imported">What the import's stream hears.</param>
/// <param name="Earlier">The import that had everything, or null.</param>
/// <param name="ReceiptIds">Its receipts, where they are recorded with it.</param>
/// <param name="IsBooked">True where all lines are booked with it; else they follow.</param>
/// <param name="Matches">How its receipts were matched.</param>
/// <param name="Turns">Held until the write is done.</param>
/// <param name="HoldsEffects">True where it is booked without its effects: by its order, or since the same file waits
/// to be booked so.</param>
public sealed record ImportPlan(
    WriteBatch? Batch, StatementFileImported? Imported, Guid? Earlier, IReadOnlyList<Guid> ReceiptIds, bool IsBooked,
    IReadOnlyList<MatchResult> Matches, IDisposable? Turns, bool HoldsEffects = false) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Turns?.Dispose();
}

/// <summary>
/// Plans the one write that imports a file: the file is read and checked to its end, its statements take their places
/// on their accounts' streams, and from then on it is imported. Where its lines are few they are booked in the same
/// write; else <see cref="StatementBooker"/> books them afterwards. Planned again whenever somebody else was quicker.
/// </summary>
public sealed class StatementImporter(EventStore store, StatementBooker booker, TimeProvider clock)
{
    /// <summary>
    /// The write for the file on what is booked at this moment; throws <see cref="StatementRefused"/>.
    /// </summary>
    public async Task<ImportPlan> PlanAsync(ImportOrder order, EventMetadata metadata, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        var file = order.File;
        var accounts = new StatementAccounts(store, order.Reading.BankAccount, order.Caller, booker.FinishAsync);
        var (format, surveyed) = await ReadAsync(order, accounts, cancellation);
        if (surveyed.All(statement => statement.Place.IsRepeat))
        {
            return new ImportPlan(
                null, null, await EarlierAsync(file.Sha256, surveyed[0], cancellation), [], true, [], null);
        }

        var imported = new StatementFileImported(
            format, file.Sha256, file.Size,
            [.. surveyed.Select(one => StatementAcceptance.Describe(one, accounts.Present(one.Account.Code)))],
            order.Reading);
        var events = new List<object> { imported };
        var isHeldBefore = order is { HoldsEffects: true, Version: > 0 };
        order = order with
        {
            HoldsEffects = order.HoldsEffects
                || await StatementFiles.IsToBeHeldAsync(store.Database, file.Sha256, cancellation),
        };
        if (order.HoldsEffects && !isHeldBefore)
            events.Add(new StatementEffectsHeld());
        var batch = new WriteBatch(metadata);
        var chunk = LineChunk.Empty;
        IReadOnlyList<MatchResult> matches = [];
        IDisposable? turns = null;
        var isBooked = surveyed.Sum(statement => Math.Max(statement.Facts.Entries, statement.Facts.Receipts))
            <= StatementBooker.MostAtOnce;
        if (isBooked)
        {
            chunk = await booker.WholeAsync(file, imported, cancellation);
            turns = await booker.TurnsAsync(chunk.Receipts.Select(pair => pair.BankAccount), cancellation);
            (chunk, var booked, matches) = await RecordAsync(
                order, imported, chunk, batch, turns, cancellation);
            events.AddRange(booked);
        }

        accounts.Fill(batch);
        batch.Append(StatementImport.Type, file.ImportId, order.Version, events);
        if (!file.IsKept)
            batch.Row(StatementFiles.Keep(file, clock.GetUtcNow()));
        return new ImportPlan(
            batch, imported, null, chunk.ReceiptIds, isBooked, matches, turns, order.HoldsEffects);
    }

    /// <summary>
    /// Reads and checks the file to its end and gives its statements their places, on what is booked at this moment;
    /// throws <see cref="StatementRefused"/>. Writes nothing.
    /// </summary>
    internal async Task<(string Format, IReadOnlyList<SurveyedStatement> Statements)> ReadAsync(
        ImportOrder order, StatementAccounts accounts, CancellationToken cancellation)
    {
        var (format, read) = await SurveyAsync(order, accounts, cancellation);
        return (format, await MarkRepeatsAsync(read, accounts, cancellation));
    }

    /// <summary>Whoever fails or goes away here must not keep the turns: all receipts of the entity wait.</summary>
    private async Task<(LineChunk Chunk, IReadOnlyList<object> Events, IReadOnlyList<MatchResult> Matches)> RecordAsync(
        ImportOrder order, StatementFileImported imported, LineChunk chunk, WriteBatch batch, IDisposable turns,
        CancellationToken cancellation)
    {
        try
        {
            var (recorded, matches) = await booker.RecordAsync(chunk, batch, cancellation, order.HoldsEffects);
            return (
                recorded, await booker.EventsAsync(order.File.ImportId, imported, recorded, cancellation), matches);
        }
        catch
        {
            turns.Dispose();
            throw;
        }
    }

    private async Task<(string Format, IReadOnlyList<SurveyedStatement> Statements)> SurveyAsync(
        ImportOrder order, StatementAccounts accounts, CancellationToken cancellation)
    {
        await using var stream = await StatementFiles.OpenAsync(store.Database, order.File, cancellation);
        using var reader = StatementFormats.Open(
            order.Reading.Format, stream, order.Reading.Mapping, order.Reading.BankAccount);
        var survey = new StatementSurvey(
            LineHistory.Of(store.Database, order.File.ImportId),
            accounts.OfAsync, Place);
        var statements = await survey.ReadAsync(reader, cancellation);

        // A reader knows some formats only by what stands behind the beginning.
        return (reader.Format, statements);

        StatementPlace Place(BankAccountRow account, StatementFacts facts)
        {
            var present = accounts.Present(account.Code);
            if (!StatementAcceptance.Books(present, facts.Statement.Kind))
                return new StatementPlace(IsRepeat: false, LeavesOutKnown: false, null, null, null);
            if (StatementAcceptance.RefuseDoubled(present, facts, order.Reading.Format) is { } doubled)
                throw new StatementRefused(doubled);
            var place = StatementChain.Place(present.Statements, facts, order.AcceptsGap);
            if (place.Refusal is { } refusal)
                throw new StatementRefused(refusal) { WaitsFor = MissingBefore(account, facts, refusal) };
            if (!place.IsRepeat)
                accounts.Add(StatementAcceptance.Booked(order.File.ImportId, account.Code, present, facts, place));
            return place;
        }
    }

    /// <summary>What books nothing takes no place on its account; it is the same again by what it says.</summary>
    private async Task<IReadOnlyList<SurveyedStatement>> MarkRepeatsAsync(
        IReadOnlyList<SurveyedStatement> read, StatementAccounts accounts, CancellationToken cancellation)
    {
        var told = read.Where(one => !StatementAcceptance.Books(
            accounts.Present(one.Account.Code), one.Facts.Statement.Kind)).ToArray();
        if (told.Length == 0)
            return read;
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var known = (await connection.QueryAsync<(string, string)>(new CommandDefinition(
            "select bank_account, content_hash from statements where bank_account = any(@accounts) " +
            "and content_hash = any(@hashes)",
            new
            {
                accounts = told.Select(one => one.Account.Code).Distinct().ToArray(),
                hashes = told.Select(one => one.Facts.ContentHash).Distinct().ToArray(),
            },
            cancellationToken: cancellation))).ToHashSet();
        return
        [
            .. read.Select(one => told.Contains(one) && known.Contains((one.Account.Code, one.Facts.ContentHash))
                ? one with { Place = one.Place with { IsRepeat = true } }
                : one),
        ];
    }

    private static MissingStatement? MissingBefore(
        BankAccountRow account, StatementFacts facts, StatementRefusal refusal) =>
        refusal.Code == StatementRefusals.Gap
            && facts.Statement is { Opening.Amount: var opening, Closing.Amount: var closing }
            ? new MissingStatement(account.Code, opening, closing)
            : null;

    /// <summary>
    /// The import that everything in the file came with: of the same bytes, else of the same content.
    /// </summary>
    private async Task<Guid> EarlierAsync(
        string sha256, SurveyedStatement repeated, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return await connection.QueryFirstAsync<Guid>(new CommandDefinition(
            "select i.id from statement_imports i join statements s on s.import_id = i.id where " +
            "s.bank_account = @account and s.content_hash = @hash order by (i.sha256 = @sha256) desc, s.repeated, " +
            "i.received_at limit 1",
            new { account = repeated.Account.Code, hash = repeated.Facts.ContentHash, sha256 },
            cancellationToken: cancellation));
    }
}
