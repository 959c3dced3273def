using System.Security.Cryptography;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A statement of an imported file.</summary>
public sealed record StatementView(
    string BankAccount, string AccountIdentification, string StatementId, string? Number, string Currency,
    Money? Opening, Money? Closing, DateOnly? From, DateOnly? To, int Entries, Money Credits, Money Debits,
    bool AlreadyImported);

/// <summary>A file that was imported.</summary>
public sealed record StatementImportView(
    Guid Id, string Status, string Format, string Sha256, long Size, IReadOnlyList<StatementView> Statements,
    IReadOnlyList<Guid> ReceiptIds)
{
    internal static StatementImportView Of(Guid id, StatementFileImported file) => new(
        id, "imported", file.Format, file.Sha256, file.Size,
        [
            .. file.Statements.Select(s => new StatementView(
                s.BankAccount, s.AccountIdentification, s.StatementId, s.Number, s.Currency, s.Opening, s.Closing,
                s.From, s.To, s.Lines.Count, s.Credits, s.Debits, s.IsRepeated)),
        ],
        [.. file.Statements.SelectMany(statement => statement.Lines).SelectMany(line => line.ReceiptIds)]);
}

/// <summary>A file that was refused; nothing of it is booked.</summary>
public sealed record RefusedImportView(
    Guid Id, string Status, string Sha256, long Size, string Code, int Line, string? Element, string Detail);

/// <summary><c>POST /v1/bank-statements</c>: a file from a bank, whole or not at all.</summary>
public static class ImportStatement
{
    /// <summary>Largest file; a day of the busiest accounts is a tenth of it.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>A large file is read, checked, matched and booked in one request.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/bank-statements", Handle)
        .RequireScope(Scopes.CashWrite)
        .WithBodyLimit(MaxBytes)
        .Accepts<string>("application/xml", "text/xml", "text/plain", "text/csv", "application/octet-stream")
        .Produces<StatementImportView>(StatusCodes.Status201Created)
        .WithTags("Bank statements")
        .WithSummary("Imports a bank statement file (camt.053)")
        .WithRequestTimeout(MaxTime);

    private static async Task<IResult> Handle(
        HttpContext http, HttpCommand command, StatementImporter importer, ReceiptNumbers numbers)
    {
        var content = await ReadBodyAsync(http.Request, command.Cancellation);
        var importId = Ids.Next(command.Clock);
        try
        {
            Detect(content, http.Request.Query["format"]);
            var file = StatementImporter.Read(content);
            var accounts = await importer.AccountsAsync(file);
            using var turns = await TurnsAsync(
                numbers, accounts.Select(account => account.LegalEntity), command.Cancellation);
            return await command.CommitAsync(
                cancellation => importer.PlanAsync(importId, content, file, accounts, cancellation));
        }
        catch (StatementRefused refused)
        {
            return await KeepRefusedAsync(command, importId, content, refused.Refusal);
        }
    }

    private static async Task<byte[]> ReadBodyAsync(HttpRequest request, CancellationToken cancellation)
    {
        using var memory = new MemoryStream();
        await request.Body.CopyToAsync(memory, cancellation);
        return memory.ToArray();
    }

    private static void Detect(byte[] content, string? forced)
    {
        if (content.Length == 0)
            throw Refuse(StatementImportRefusals.EmptyFile, "The file is empty.");
        if (forced is { Length: > 0 } && !forced.StartsWith("camt", StringComparison.OrdinalIgnoreCase))
            throw Refuse(StatementImportRefusals.UnsupportedFormat, $"The format '{forced}' is not read; camt.053 is.");
        if (!StatementFiles.IsXml(content))
            throw Refuse(StatementImportRefusals.UnsupportedFormat,
                "The file is no format that is read; camt.053 (XML) is.");

        static StatementRefused Refuse(string code, string detail) =>
            new(new StatementRefusal(code, 0, "file", detail));
    }

    /// <summary>A turn at every series of numbers that the file may draw from, always in the same order.</summary>
    private static async Task<Turns> TurnsAsync(
        ReceiptNumbers numbers, IEnumerable<string> legalEntities, CancellationToken cancellation)
    {
        var turns = new Turns();
        try
        {
            foreach (var entity in legalEntities.Distinct().Order(StringComparer.Ordinal))
                turns.Add(await numbers.TurnAsync(entity, cancellation));
            return turns;
        }
        catch
        {
            turns.Dispose();
            throw;
        }
    }

    /// <summary>The bytes and the reason stay, so that the bank can be shown what it sent.</summary>
    private static async Task<IResult> KeepRefusedAsync(
        HttpCommand command, Guid importId, byte[] content, StatementRefusal refusal)
    {
        var refused = new StatementFileRefused(Convert.ToHexStringLower(SHA256.HashData(content)), content.LongLength,
            refusal.Code, refusal.Line, refusal.Element, refusal.Detail);
        var known = await StatementFiles.FindRefusedAsync(
            command.Store.Database, refused, command.Caller.Subject, command.Cancellation);
        if (known is null)
            await KeepAsync(command, importId, content, refused);
        var answer = new Refusal(refusal.Code, refusal.ToString(), Field: $"/{refusal.Element}");
        return await command.RefuseAsync(answer with
        {
            Detail = $"{answer.Detail} Nothing was booked; " +
                $"the file is kept as /v1/bank-statements/{known ?? importId}.",
        });
    }

    private static async Task KeepAsync(HttpCommand command, Guid importId, byte[] content,
        StatementFileRefused refused)
    {
        var batch = new WriteBatch(command.Metadata(reason: refused.Code))
            .Append(StatementImport.Type, importId, 0, [refused])
            .Row(StatementFiles.Keep(importId, content));
        var kept = await command.Store.CommitAsync(batch, command.Cancellation);
        if (!kept.IsCommitted)
            throw new InvalidOperationException($"The refused file could not be kept: {kept.Status} {kept.Constraint}");
    }

    private sealed class Turns : IDisposable
    {
        private readonly Stack<IDisposable> _turns = new();

        public void Add(IDisposable turn) => _turns.Push(turn);

        public void Dispose()
        {
            while (_turns.TryPop(out var turn))
                turn.Dispose();
        }
    }
}
