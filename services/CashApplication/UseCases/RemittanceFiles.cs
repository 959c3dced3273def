using Dapper;
using Npgsql;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Statements.Formats.Csv;
using OrderToCash.CashApplication.Statements.Formats.X12;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>The advices of a file, in its order.</summary>
/// <param name="Remittances">Those that were taken.</param>
/// <param name="AlreadyReceived">Those that were received before, or stand in the file twice: they are left
/// out.</param>
public sealed record RemittanceFileView(
    string Format, IReadOnlyList<RemittanceView> Remittances, IReadOnlyList<KnownRemittance> AlreadyReceived);

/// <summary>An advice of a file that was received before.</summary>
/// <param name="Advice">Position in the file, from 1.</param>
/// <param name="Line">Line or segment of the file on which it starts, from 1.</param>
/// <param name="PaymentReference">What payment and advice have in common, or null.</param>
/// <param name="Amount">What it is about.</param>
public sealed record KnownRemittance(int Advice, int Line, string? PaymentReference, Money Amount);

/// <summary>
/// <c>POST /v1/remittances?legalEntity=[&amp;mapping=]</c> with a file: EDI 820, or CSV by a named mapping. All its
/// advices that are new are taken, or none; each finds its money by itself afterwards. Those that were received before
/// are left out and named; a file of nothing else is refused (409). The file is kept as it came.
/// </summary>
internal static class RemittanceFiles
{
    /// <summary>Largest file.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int MostAdvices = 5_000;

    /// <summary>Takes the advices of the file in the body.</summary>
    public static async Task<IResult> ReceiveAsync(
        HttpContext http, string? legalEntity, string? mapping, HttpCommand command, WakeUp<WaitingMatchService> wakeUp)
    {
        if (new Validation().Required("/legalEntity", legalEntity ?? "", max: 20).Problem is { } problem)
            return problem;
        if (command.Caller.Deny(legalEntity!) is { } denied)
            return await command.RefuseAsync(denied);
        if (await command.Store.Database.LegalEntityAsync(legalEntity!, command.Cancellation) is null)
            return await command.RefuseAsync(ReceiptRefusals.UnknownLegalEntity(legalEntity!));
        try
        {
            using var content = new MemoryStream();
            await http.Request.Body.CopyToAsync(content, command.Cancellation);
            var advices = await ReadAsync(content, mapping, command);
            if (advices.Count > MostAdvices)
                return await command.RefuseAsync(RemittanceRefusals.TooManyAdvices(MostAdvices));
            var received = await ReceivedAsync(legalEntity!, advices, command);
            return await TakeAsync(received, advices, content.ToArray(), command, wakeUp);
        }
        catch (StatementRefused refused)
        {
            return await command.RefuseAsync(new Refusal(
                refused.Refusal.Code, $"{refused.Refusal} No advice of the file was taken.",
                Field: $"/{refused.Refusal.Element}"));
        }
    }

    private static async Task<IResult> TakeAsync(
        IReadOnlyList<RemittanceReceived> received, IReadOnlyList<RemittanceAdvice> advices, byte[] content,
        HttpCommand command, WakeUp<WaitingMatchService> wakeUp)
    {
        var fresh = await command.Store.Database.NewOnesAsync(received, command.Cancellation);
        if (fresh.All(one => one is null))
            return await command.RefuseAsync(RemittanceRefusals.AlreadyReceived(NameOf(received[0])));
        var batch = new WriteBatch(command.Metadata());
        var views = new List<RemittanceView>();
        var known = new List<KnownRemittance>();
        foreach (var (index, advice) in fresh.Index())
        {
            if (advice is null)
            {
                known.Add(new KnownRemittance(
                    index + 1, advices[index].Line, received[index].PaymentReference, received[index].Amount));
                continue;
            }

            var id = Ids.Next(command.Clock);
            var decided = RemittanceDecider.Receive(Remittance.Initial, advice);
            if (decided.Refusal is { } refusal)
            {
                return await command.RefuseAsync(refusal with
                {
                    Detail = $"Advice {index + 1} (line {advices[index].Line}): {refusal.Detail} " +
                        "No advice of the file was taken.",
                });
            }

            batch.Append(Remittance.Type, id, 0, decided.Events);
            views.Add(RemittanceView.Of(id, Remittance.Evolve(Remittance.Initial, advice), 1));
        }

        batch.Row(Keep(received[0].LegalEntity, content, [.. views.Select(view => view.Id)], command));
        return await command.CommitAsync(
            _ => Task.FromResult(Plan.Write(
                batch, Reply.Created("/v1/remittances", new RemittanceFileView(received[0].Format, views, known)),
                wakeUp.Wake)),
            _ => RemittanceRefusals.BeingReceived);
    }

    /// <summary>What people call an advice.</summary>
    internal static string NameOf(RemittanceReceived advice) =>
        advice.PaymentReference ?? advice.Amount.ToString();

    /// <summary>The file as it came, and which advices it had, in the transaction that takes them.</summary>
    private static NpgsqlBatchCommand Keep(string legalEntity, byte[] content, Guid[] ids, HttpCommand command) => new(
        "with kept as (insert into remittance_files (id, legal_entity, content, received_at, received_by) " +
        "values ($1, $2, $3, $4, $5)) " +
        "insert into remittance_file_advices (remittance_id, file_id) select id, $1 from unnest($6) as id")
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = Ids.Next(command.Clock) },
            new NpgsqlParameter<string> { TypedValue = legalEntity },
            new NpgsqlParameter<byte[]> { TypedValue = content },
            new NpgsqlParameter<DateTime> { TypedValue = command.Clock.GetUtcNow().UtcDateTime },
            new NpgsqlParameter<string> { TypedValue = command.Caller.Subject },
            new NpgsqlParameter<Guid[]> { TypedValue = ids },
        },
    };

    private static async Task<IReadOnlyList<RemittanceAdvice>> ReadAsync(
        MemoryStream content, string? mapping, HttpCommand command)
    {
        content.Position = 0;
        if (content.Length == 0)
            throw Refuse(StatementImportRefusals.EmptyFile, "The file is empty.");
        if (mapping is { Length: > 0 })
        {
            return CsvRemittanceReader.Read(content, await FileReadings.MappingAsync(
                command.Store.Database, mapping, isRemittance: true, command.Cancellation));
        }

        var head = content.GetBuffer().AsSpan(0, (int)Math.Min(content.Length, StatementFormats.HeadBytes));
        return StatementFormats.Detect(head) == StatementFormat.X12Remittance
            ? X12RemittanceReader.Read(content)
            : throw Refuse(StatementImportRefusals.UnsupportedFormat,
                "The file is no X12 820; a CSV needs the name of its mapping (?mapping=).");
    }

    /// <summary>A payer who is identified by one of our customers' numbers is that customer.</summary>
    private static async Task<IReadOnlyList<RemittanceReceived>> ReceivedAsync(
        string legalEntity, IReadOnlyList<RemittanceAdvice> advices, HttpCommand command)
    {
        await using var connection = await command.Store.Database.OpenConnectionAsync(command.Cancellation);
        var customers = (await connection.QueryAsync<(string Number, Guid Id)>(new CommandDefinition(
            "select number, id from customers where legal_entity = @legalEntity and number = any(@numbers)",
            new { legalEntity, numbers = advices.Select(one => one.Payer.Identification).OfType<string>().ToArray() },
            cancellationToken: command.Cancellation))).ToDictionary(row => row.Number, row => row.Id);
        return [.. advices.Select(Of)];

        RemittanceReceived Of(RemittanceAdvice advice)
        {
            var payer = advice.Payer;
            var received = new RemittanceReceived(
                legalEntity, advice.Format, advice.PaymentReference, advice.Method, advice.Amount, advice.PaymentDate,
                payer with
                {
                    Account = payer.Account is { } account ? Iban.Normalize(account) : null,
                    Bank = payer.Bank is { } bank ? Iban.Normalize(bank) : null,
                },
                payer.Identification is { } number && customers.TryGetValue(number, out var id) ? id : null,
                advice.Lines, advice.Adjustments, "");
            return received with { ContentHash = RemittanceIntake.HashOf(received) };
        }
    }

    private static StatementRefused Refuse(string code, string detail) =>
        new(new StatementRefusal(code, 0, "file", detail));
}
