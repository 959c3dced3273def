using System.Security.Cryptography;
using Dapper;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Puts together the one write that imports a checked file: the file, its statements on their accounts' streams, every
/// receipt with its match, and the numbers they bear. Built again from fresh state whenever somebody else was quicker.
/// </summary>
public sealed class StatementImporter(HttpCommand command, ReceiptRecorder recorder)
{
    /// <summary>Reads a file whole and checks what can be checked without knowing the accounts.</summary>
    public static BankStatementFile Read(byte[] content)
    {
        using var stream = new MemoryStream(content, writable: false);
        var file = CamtReader.Read(stream);
        return StatementChecks.Check(file) is { } refusal ? throw new StatementRefused(refusal) : file;
    }

    /// <summary>
    /// The accounts that the statements are of, in their order; refuses those that nobody registered.
    /// </summary>
    public async Task<IReadOnlyList<BankAccountRow>> AccountsAsync(BankStatementFile file)
    {
        var registered = await command.Store.Database.BankAccountsIdentifiedAsync(
            file.Statements.Select(Identification), command.Cancellation);
        return [.. file.Statements.Select(statement => AccountOf(statement, registered))];
    }

    /// <summary>The write for the file and the answer to it, on what is booked at this moment.</summary>
    public async Task<Plan> PlanAsync(
        Guid importId, byte[] content, BankStatementFile file, IReadOnlyList<BankAccountRow> accounts,
        CancellationToken cancellation)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        var batch = new WriteBatch(command.Metadata());
        var plans = await BookAsync(importId, file, accounts, batch, cancellation);
        if (plans.All(plan => plan.Booked is null))
        {
            return StatementImportRefusals.AlreadyImported(
                await EarlierImportAsync(sha256, plans[0].Statement, cancellation));
        }

        var imported = new StatementFileImported(
            file.Format, sha256, content.LongLength, [.. plans.Select(plan => plan.Statement)]);
        var matches = new List<MatchResult>();
        foreach (var group in plans.Zip(accounts).GroupBy(pair => pair.Second.LegalEntity).OrderBy(g => g.Key))
        {
            matches.AddRange(await recorder.RecordAsync(
                group.Key,
                [.. group.SelectMany(pair => pair.First.Receipts.Select(receipt => (receipt, pair.Second)))],
                batch, cancellation));
        }

        batch.Append(StatementImport.Type, importId, 0, [imported]).Row(StatementFiles.Keep(importId, content));
        return Plan.Write(batch, Reply.Created(
            $"/v1/bank-statements/{importId}", StatementImportView.Of(importId, imported), version: 1),
            () => MatchMetrics.Recorded(matches));
    }

    private async Task<List<StatementPlan>> BookAsync(
        Guid importId, BankStatementFile file, IReadOnlyList<BankAccountRow> accounts, WriteBatch batch,
        CancellationToken cancellation)
    {
        var plans = new StatementPlan?[file.Statements.Count];
        foreach (var group in Enumerable.Range(0, plans.Length).GroupBy(index => accounts[index].Code))
        {
            var streamId = BankAccountStream.IdOf(group.Key);
            var (account, version) = await command.Store.LoadAsync(BankAccountStream.Type, streamId, cancellation);
            var entity = await command.Store.Database.LegalEntityAsync(account.Definition!.LegalEntity, cancellation);
            var booking = new StatementBooking(importId, command.Clock.Today(entity!.TimeZone));
            var history = new Dictionary<string, int>(await command.Store.Database.BookedLinesAsync(
                group.Key, group.SelectMany(index => StatementBooking.FingerprintsOf(file.Statements[index])),
                cancellation));
            var booked = new List<object>();
            foreach (var index in group)
            {
                var (plan, refusal) = booking.Book(account, file.Statements[index], history);
                if (refusal is not null)
                    throw new StatementRefused(refusal);
                plans[index] = plan;
                if (plan!.Booked is null)
                    continue;

                // The next statement of the same account in this file follows on this one.
                account = BankAccount.Evolve(account, plan.Booked);
                booked.Add(plan.Booked);
                foreach (var line in plan.Statement.Lines.Where(line =>
                    line.Class is not (LineClass.Information or LineClass.AlreadyBooked)))
                {
                    var fingerprint = line.Key.Split('#')[0];
                    history[fingerprint] = history.GetValueOrDefault(fingerprint) + 1;
                }
            }

            batch.Append(BankAccountStream.Type, streamId, version, booked);
        }

        return [.. plans.Select(plan => plan!)];
    }

    private BankAccountRow AccountOf(BankStatement statement, IReadOnlyList<BankAccountRow> registered)
    {
        var same = registered.Where(account => (account.Iban ?? account.AccountNumber) == Identification(statement))
            .ToArray();
        if (same.Length == 0)
        {
            throw Refuse(statement, StatementImportRefusals.UnknownBankAccount,
                $"Nobody has registered the bank account {statement.AccountIdentification}.");
        }

        var currency = statement.AccountCurrency?.Code;
        var inCurrency = same.Where(account => currency is null || account.Currency == currency).ToArray();
        if (inCurrency.Length == 0)
        {
            throw Refuse(statement, StatementRefusals.CurrencyDiffers,
                $"The account {statement.AccountIdentification} is kept in {same[0].Currency}, " +
                $"the statement is in {currency}.");
        }

        var atBank = inCurrency.Where(account => account.BankCode is null || account.BankCode == statement.BankBic)
            .ToArray();
        if (inCurrency.Length > 1 && atBank.Length != 1)
        {
            throw Refuse(statement, StatementImportRefusals.AmbiguousBankAccount,
                $"Several registered accounts are called {statement.AccountIdentification}; the file does not tell " +
                "which.");
        }

        var account = inCurrency.Length == 1 ? inCurrency[0] : atBank[0];
        if (command.Caller.Deny(account.LegalEntity) is { } denied)
            throw new ProblemException(Problems.From(denied));
        if (statement.Entries.FirstOrDefault(entry => entry.Amount.Currency.Code != account.Currency) is { } foreign)
        {
            throw new StatementRefused(new StatementRefusal(StatementRefusals.CurrencyDiffers, foreign.Line,
                $"statement {statement.StatementId}, entry {foreign.Ordinal}",
                $"The entry is in {foreign.Amount.Currency}, the account {account.Code} is kept in " +
                $"{account.Currency}."));
        }

        return account;
    }

    private async Task<Guid> EarlierImportAsync(string sha256, BookedStatement repeated, CancellationToken cancellation)
    {
        await using var connection = await command.Store.Database.OpenConnectionAsync(cancellation);
        return await connection.QueryFirstAsync<Guid>(new CommandDefinition(
            "select i.id from statement_imports i join statements s on s.import_id = i.id where " +
            "s.bank_account = @account and s.content_hash = @hash order by (i.sha256 = @sha256) desc, s.repeated, " +
            "i.received_at limit 1", new { account = repeated.BankAccount, hash = repeated.ContentHash, sha256 },
            cancellationToken: cancellation));
    }

    private static string Identification(BankStatement statement) => Iban.Normalize(statement.AccountIdentification);

    private static StatementRefused Refuse(BankStatement statement, string code, string detail) =>
        new(new StatementRefusal(code, statement.Line, $"statement {statement.StatementId}", detail));
}
