using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Why a refused file is tried again, and what is said about it now.</summary>
/// <param name="Reason">Why.</param>
/// <param name="AcceptGap">True to let in a statement although the one before it is missing.</param>
/// <param name="Format">Its format, where the file itself does not tell.</param>
/// <param name="Mapping">Its CSV mapping.</param>
/// <param name="BankAccount">Its account, where the file itself does not tell.</param>
public sealed record RetryImportRequest(
    string Reason, bool AcceptGap = false, string? Format = null, string? Mapping = null, string? BankAccount = null);

/// <summary>
/// <c>POST /v1/bank-statements/{id}/import</c>: a refused file again, from the bytes that are kept: after its account
/// was registered, say, or with a gap that somebody answers for.
/// </summary>
public static class RetryImport
{
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/bank-statements/{id:guid}/import", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<StatementImportView>(StatusCodes.Status201Created)
        .WithTags("Bank statements")
        .WithSummary("Imports a refused file from the bytes that are kept")
        .WithRequestTimeout(MaxTime);

    private static async Task<IResult> Handle(
        Guid id, RetryImportRequest request, HttpContext http, HttpCommand command, StatementIntake intake)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        var (import, version) = await command.Store.LoadAsync(StatementImport.Type, id, command.Cancellation);
        if (version == 0 || !await StatementQueries.MaySeeAsync(id, command.Store, http))
            return await command.RefuseAsync(StatementImportRefusals.NotFound(id));
        if (import is not { Imported: null, Refused: { } refused })
            return await command.RefuseAsync(StatementImportRefusals.NotRefused(id));
        var file = await FileAsync(command, id, refused);
        var reading = refused.Reading;
        try
        {
            if (reading is null || request is not { Format: null, Mapping: null, BankAccount: null })
            {
                reading = await FileReadings.OfAsync(command.Store.Database, file, request.Format, request.Mapping,
                    request.BankAccount, command.Cancellation);
            }

            return await intake.ImportAsync(command,
                new ImportOrder(
                    file, reading, version, command.Caller, request.AcceptGap, import.HoldsEffects),
                request.Reason);
        }
        catch (StatementRefused again)
        {
            return await RefusedFiles.NoteAsync(command, file, version, reading, refused, again);
        }
    }

    private static async Task<ReceivedFile> FileAsync(HttpCommand command, Guid id, StatementFileRefused refused)
    {
        var head = new byte[StatementFormats.HeadBytes];
        await using var stream = await StatementFiles.OpenAsync(command.Store.Database, id, command.Cancellation);
        var length = stream?.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) ?? 0;
        return new ReceivedFile(id, refused.Size, refused.Sha256, head.AsMemory(0, length), IsKept: true);
    }
}
