using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Statements.Formats.Csv;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A statement of an imported file.</summary>
public sealed record StatementView(
    string BankAccount, string AccountIdentification, string StatementId, string? Number, string Currency,
    Money? Opening, Money? Closing, DateOnly? From, DateOnly? To, int Entries, Money Credits, Money Debits,
    bool AlreadyImported, string Kind);

/// <summary>A file that was imported.</summary>
/// <param name="Status"><c>imported</c>, or <c>booking</c> while its lines are being booked.</param>
/// <param name="Effects"><c>held</c> until somebody arms the file, then <c>armed</c>; null where what follows from it
/// followed at once.</param>
public sealed record StatementImportView(
    Guid Id, string Status, string Format, string Sha256, long Size, IReadOnlyList<StatementView> Statements,
    IReadOnlyList<Guid> ReceiptIds, string? Effects = null)
{
    internal static StatementImportView Of(
        Guid id, StatementFileImported file, string status, IReadOnlyList<Guid> receiptIds, string? effects) => new(
        id, status, file.Format, file.Sha256, file.Size,
        [
            .. file.Statements.Select(s => new StatementView(
                s.BankAccount, s.AccountIdentification, s.StatementId, s.Number, s.Currency, s.Opening, s.Closing,
                s.From, s.To, s.Entries ?? s.Lines.Count, s.Credits, s.Debits, s.IsRepeated,
                ReadModels.Names.Kebab(s.Kind))),
        ],
        receiptIds, effects);
}

/// <summary>A file that was refused, or waits for a statement that is missing; nothing of it is booked.</summary>
/// <param name="Effects"><c>held</c> where it would be imported without its effects; else null.</param>
public sealed record RefusedImportView(
    Guid Id, string Status, string Sha256, long Size, string Code, int Line, string? Element, string Detail,
    string? Effects = null);

/// <summary>
/// <c>POST /v1/bank-statements</c>: a file from a bank, whole or not at all. With <c>?preview=true</c> nothing of it is
/// booked or kept: the answer says what it would do (<see cref="StatementPreviews"/>). With <c>?effects=held</c> it is
/// booked and nothing follows from it (<see cref="StatementEffects"/>) until <see cref="ArmStatement"/>; so it is where
/// the same file waits to be booked so.
/// </summary>
public static class ImportStatement
{
    /// <summary>Largest file.</summary>
    private const long MaxBytes = 256 * 1024 * 1024;

    /// <summary>A large file is read, checked, matched and booked in one request.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/bank-statements", Handle)
        .RequireScope(Scopes.CashWrite)
        .WithBodyLimit(MaxBytes)
        .Accepts<string>("application/xml", "text/xml", "text/plain", "text/csv", "application/octet-stream",
            "application/x-ofx", "application/edi-x12")
        .Produces<StatementImportView>(StatusCodes.Status201Created)
        .Produces<StatementPreview>()
        .WithTags("Bank statements")
        .WithSummary("Imports a file of a bank: statement, lockbox, ACH")
        .WithRequestTimeout(MaxTime);

    private static async Task<IResult> Handle(
        string? format, string? mapping, string? bankAccount, bool? preview, string? effects, HttpContext http,
        HttpCommand command, StatementIntake intake, StatementPreviews previews)
    {
        if (effects is not (null or StatementEffects.Held))
            return Problems.Malformed("bad-effects", "/effects", "effects is held, or left out.");
        var holdsEffects = effects == StatementEffects.Held;
        var file = await StatementFiles.ReceiveAsync(command.Store.Database, Ids.Next(command.Clock),
            http.Request.Body, command.Clock.GetUtcNow(), command.Cancellation);
        if (preview == true)
            return await previews.AnswerAsync(command, file, format, mapping, bankAccount, holdsEffects);
        FileReading? reading = null;
        try
        {
            reading = await FileReadings.OfAsync(
                command.Store.Database, file, format, mapping, bankAccount, command.Cancellation);
            return await intake.ImportAsync(
                command, new ImportOrder(file, reading, Caller: command.Caller, HoldsEffects: holdsEffects));
        }
        catch (StatementRefused refused)
        {
            return await RefusedFiles.KeepAsync(command, file, reading, refused, holdsEffects);
        }
    }
}
