using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Keeps refused files: the bytes and the reason stay, so that the bank can be shown what it sent.</summary>
internal static class RefusedFiles
{
    /// <summary>
    /// Keeps a file that has just come, once for each who sends it, and answers with the reason. Where its effects are
    /// to be held they are once it is imported, which may be by itself; and so are those of the same bytes that wait.
    /// </summary>
    public static async Task<IResult> KeepAsync(
        HttpCommand command, ReceivedFile file, FileReading? reading, StatementRefused refused, bool holdsEffects)
    {
        var fact = Fact(file, reading, refused);
        var known = await StatementFiles.FindRefusedAsync(
            command.Store.Database, fact, command.Caller.Subject, command.Cancellation);
        if (known is null)
        {
            await AppendAsync(command.Store, file, 0, fact, command.Metadata(reason: fact.Code), command.Clock,
                command.Cancellation, holdsEffects);
        }
        else
        {
            if (file.IsKept)
                await StatementFiles.DropAsync(command.Store.Database, file.ImportId);
        }

        if (holdsEffects)
            await HoldAllAsync(command, fact);

        return await command.RefuseAsync(Answer(known ?? file.ImportId, refused));
    }

    /// <summary>Notes that a file which was refused before is refused again, where the reason is another one.</summary>
    public static async Task<IResult> NoteAsync(
        HttpCommand command, ReceivedFile file, long version, FileReading? reading, StatementFileRefused before,
        StatementRefused refused)
    {
        var fact = Fact(file, reading, refused);
        if (fact.Detail != before.Detail)
        {
            await AppendAsync(command.Store, file, version, fact, command.Metadata(reason: fact.Code), command.Clock,
                command.Cancellation);
        }

        return await command.RefuseAsync(Answer(file.ImportId, refused));
    }

    /// <summary>What the import's stream hears.</summary>
    public static StatementFileRefused Fact(ReceivedFile file, FileReading? reading, StatementRefused refused) => new(
        file.Sha256, file.Size, refused.Refusal.Code, refused.Refusal.Line, refused.Refusal.Element,
        refused.Refusal.Detail, reading, refused.WaitsFor);

    /// <summary>Writes it down, with the bytes where these are not kept yet.</summary>
    public static async Task AppendAsync(
        EventStore store, ReceivedFile file, long version, StatementFileRefused fact, EventMetadata metadata,
        TimeProvider clock, CancellationToken cancellation, bool holdsEffects = false)
    {
        var batch = new WriteBatch(metadata).Append(
            StatementImport.Type, file.ImportId, version,
            holdsEffects ? [fact, new StatementEffectsHeld()] : [fact]);
        if (version == 0 && !file.IsKept)
            batch.Row(StatementFiles.Keep(file, clock.GetUtcNow()));
        var kept = await store.CommitAsync(batch, cancellation);
        if (!kept.IsCommitted)
            throw new InvalidOperationException($"The refused file could not be kept: {kept.Status} {kept.Constraint}");
    }

    /// <summary>
    /// The same file was sent before without a word of its effects, and waits: whoever wants them held has the last
    /// word as long as it is not imported, whoever sent it and whatever it was refused with. What another sent is held
    /// only by who may import the file: this one waits, too.
    /// </summary>
    private static async Task HoldAllAsync(HttpCommand command, StatementFileRefused refused)
    {
        foreach (var importId in await StatementFiles.FindToHoldAsync(
            command.Store.Database, refused.Sha256, command.Caller.Subject, ofOthers: refused.WaitsFor is not null,
            command.Cancellation))
        {
            await HoldAsync(command, importId);
        }
    }

    private static async Task HoldAsync(HttpCommand command, Guid importId)
    {
        var held = await command.Store.CommitAsync(
            async cancellation =>
            {
                var (import, version) = await command.Store.LoadAsync(StatementImport.Type, importId, cancellation);
                var batch = new WriteBatch(command.Metadata());
                return import is { Imported: null, Effects: null }
                    ? batch.Append(StatementImport.Type, importId, version, [new StatementEffectsHeld()])
                    : batch;
            },
            command.Cancellation);
        if (!held.IsCommitted)
            throw new InvalidOperationException($"The refused file could not be held: {held.Status} {held.Constraint}");
    }

    private static Refusal Answer(Guid importId, StatementRefused refused) => new(
        refused.Refusal.Code,
        $"{refused.Refusal} Nothing was booked; the file is kept as /v1/bank-statements/{importId}" +
        (refused.WaitsFor is null ? "." : " and is imported by itself once the missing statement has been."),
        Field: $"/{refused.Refusal.Element}");
}
