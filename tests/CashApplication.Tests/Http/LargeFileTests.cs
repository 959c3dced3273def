using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>
/// Files of more lines than one write takes: checked whole first, then booked in bounded writes that go on wherever
/// they stopped, so that nobody ever sees half a file as all of it.
/// </summary>
public sealed class A_file_of_many_lines(CashApp app) : IClassFixture<CashApp>
{
    private const int Lines = 2_500;
    private const int PartsBytes = 700_000;

    private static readonly DateOnly Monday = new(2026, 11, 2);

    [Fact]
    public async Task is_booked_in_several_writes_and_answered_when_all_of_it_is()
    {
        await RegisterAsync("MANY-1");
        var file = File("MANY-1", Lines, pad: PartsBytes / Lines);
        file.Length.ShouldBeGreaterThan(2 * StatementFiles.PartBytes);
        var import = await ImportAsync(file, 201, "large-1");
        import.Text("status").ShouldBe("imported");
        import.Items("receiptIds").Length.ShouldBe(Lines);
        (await CountAsync(import.Id())).ShouldBe(Lines);
        (await app.ScalarAsync<long>($"select count(*) from mt_events where stream_id = '{import.Id()}' " +
            "and type = 'statement_lines_booked'")).ShouldBe(3);
        var again = await ImportAsync(file, 201, "large-1");
        again.ToString().ShouldBe(import.ToString());
        (await ImportAsync(file, 409)).ShouldHaveCode("statement-already-imported");
        (await app.Client.GetByteArrayAsync($"/v1/bank-statements/{import.Id()}/file")).ShouldBe(file);
        (await app.ScalarAsync<long>("select count(distinct number) from receipts")).ShouldBe(
            await app.ScalarAsync<int>("select last from receipt_numbers"));
    }

    [Fact]
    public async Task with_a_fault_in_its_last_line_books_nothing_at_all()
    {
        await RegisterAsync("MANY-2");
        var text = Encoding.ASCII.GetString(File("MANY-2", Lines, pad: 10));
        var wrong = text.Replace(":62F:C261102USD", ":62F:C261102USD9", StringComparison.Ordinal);
        (await ImportAsync(Encoding.ASCII.GetBytes(wrong), 422)).ShouldHaveCode("statement-does-not-balance");
        (await app.ScalarAsync<long>("select count(*) from receipts where bank_account = 'MANY-2'")).ShouldBe(0);
        (await app.ScalarAsync<long>("select count(*) from statement_lines where bank_account = 'MANY-2'")).ShouldBe(0);
    }

    /// <summary>The process died between two writes; two instances find it at once.</summary>
    [Fact]
    public async Task goes_on_where_it_stopped_and_the_next_file_waits_for_it()
    {
        await RegisterAsync("MANY-3");
        var importer = app.Services.GetRequiredService<StatementImporter>();
        var booker = app.Services.GetRequiredService<StatementBooker>();
        using var body = new MemoryStream(File("MANY-3", Lines, pad: 10));
        var file = await StatementFiles.ReceiveAsync(app.Database, Ids.Next(TimeProvider.System), body,
            TimeProvider.System.GetUtcNow(), CancellationToken.None);
        using (var plan = await importer.PlanAsync(new ImportOrder(file, new FileReading(StatementFormat.Swift)),
            new EventMetadata("ana"), CancellationToken.None))
        {
            plan.IsBooked.ShouldBeFalse();
            (await app.Store.CommitAsync(plan.Batch!)).IsCommitted.ShouldBeTrue();
        }

        var next = Swift("MANY-3", Monday.AddDays(1), Lines * 1m, [1.5m], "next", 0);
        await Task.WhenAll(
            booker.BookAsync(file.ImportId, CancellationToken.None),
            booker.BookAsync(file.ImportId, CancellationToken.None),
            ImportAsync(next, 201));
        (await CountAsync(file.ImportId)).ShouldBe(Lines);
        (await app.ScalarAsync<decimal>("select sum(amount) from receipts where bank_account = 'MANY-3'"))
            .ShouldBe(Lines + 1.5m);
        (await app.Client.ReadAsync("/v1/bank-accounts/MANY-3/statements")).GetProperty("isUnbroken").GetBoolean()
            .ShouldBeTrue();
    }

    [Fact]
    public async Task that_nobody_waits_for_any_more_is_booked_to_its_end_by_itself()
    {
        await RegisterAsync("MANY-4");
        using var body = new MemoryStream(File("MANY-4", Lines, pad: 10));
        var file = await StatementFiles.ReceiveAsync(app.Database, Ids.Next(TimeProvider.System), body,
            TimeProvider.System.GetUtcNow(), CancellationToken.None);
        using (var plan = await app.Services.GetRequiredService<StatementImporter>().PlanAsync(
            new ImportOrder(file, new FileReading(StatementFormat.Swift)), new EventMetadata("ana"),
            CancellationToken.None))
        {
            await app.Store.CommitAsync(plan.Batch!);
        }

        (await StatusAsync(file.ImportId)).ShouldBeOneOf("booking", "imported");
        app.Services.GetRequiredService<WakeUp<IntakeService>>().Wake();
        await Eventually.BecomesTrue(
            async () => await StatusAsync(file.ImportId) == "imported", "the rest is booked");
        (await CountAsync(file.ImportId)).ShouldBe(Lines);
    }

    /// <summary>
    /// A collection of more payments than one write takes is booked part by part; what was entered of it before is
    /// the receipt there is, in whichever part it comes, and the line names them all.
    /// </summary>
    [Fact]
    public async Task of_one_entry_with_many_payments_is_booked_part_by_part()
    {
        await RegisterAsync("DE75512108001245126199");
        var entered = (await app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity = "US01",
            method = "wire",
            amount = Usd("3.01"),
            valueDate = Monday,
            reference = "ENTERED-20261102",
        })).Id();
        var payments = Enumerable.Range(0, Lines)
            .Select(index => index == 7 ? (3.01m, "ENTERED-20261102") : (1m, $"payment {index}")).ToArray();
        var file = Encoding.UTF8.GetBytes(new Camt("MANY-5", Monday, null) { Iban = "DE75512108001245126199" }
            .Credit(2m, "before").Batch(payments).Credit(2m, "behind").Xml());
        using var body = new MemoryStream(file);
        var kept = await StatementFiles.ReceiveAsync(app.Database, Ids.Next(TimeProvider.System), body,
            TimeProvider.System.GetUtcNow(), CancellationToken.None);
        using (var plan = await app.Services.GetRequiredService<StatementImporter>().PlanAsync(
            new ImportOrder(kept, new FileReading(StatementFormat.Camt)), new EventMetadata("ana"),
            CancellationToken.None))
        {
            plan.IsBooked.ShouldBeFalse();
            (await app.Store.CommitAsync(plan.Batch!)).IsCommitted.ShouldBeTrue();
        }

        // Two at once, and each of them goes on where the other one stopped.
        var booker = app.Services.GetRequiredService<StatementBooker>();
        await Task.WhenAll(
            booker.BookAsync(kept.ImportId, CancellationToken.None),
            booker.BookAsync(kept.ImportId, CancellationToken.None));
        (await StatusAsync(kept.ImportId)).ShouldBe("imported");
        (await CountAsync(kept.ImportId)).ShouldBe(Lines + 2);
        (await app.ScalarAsync<decimal>($"select sum(amount) from receipts where import_id = '{kept.ImportId}'"))
            .ShouldBe(Lines + 6.01m);
        (await app.ScalarAsync<long>($"select count(*) from mt_events where stream_id = '{kept.ImportId}' " +
            "and type = 'statement_lines_booked'")).ShouldBe(4);
        (await app.ScalarAsync<bool>(
            "select bool_and(cardinality(receipt_ids) = case entry when 2 then 2500 else 1 end) and " +
            $"bool_or('{entered}' = any(receipt_ids)) and count(*) = 3 from statement_lines " +
            $"where import_id = '{kept.ImportId}'")).ShouldBeTrue();
        (await app.ScalarAsync<long>("select count(*) from (select unnest(receipt_ids) as id from statement_lines " +
            $"where import_id = '{kept.ImportId}') l join receipts r using (id)")).ShouldBe(Lines + 2);
    }

    private async Task RegisterAsync(string account)
    {
        await app.Invoicing.IntroduceAsync();
        await app.Client.PutAsync($"/v1/bank-accounts/{account}",
            new { legalEntity = "US01", currency = "USD", accountNumber = account, ledgerAccount = "1000" }, 201);
    }

    private async Task<string> StatusAsync(Guid importId) =>
        (await app.Client.ReadAsync($"/v1/bank-statements/{importId}")).Text("status");

    private async Task<long> CountAsync(Guid importId) =>
        await app.ScalarAsync<long>($"select count(*) from receipts where import_id = '{importId}'");

    /// <summary>Twins among them: every line is 1.00 and every third says the same.</summary>
    private static byte[] File(string account, int lines, int pad) =>
        Swift(account, Monday, 0m, Enumerable.Repeat(1m, lines), "line", pad);

    private static byte[] Swift(
        string account, DateOnly day, decimal opening, IEnumerable<decimal> credits, string text, int pad)
    {
        var file = new StringBuilder();
        var balance = opening;
        var entries = new StringBuilder();
        foreach (var (credit, index) in credits.Select((credit, index) => (credit, index)))
        {
            balance += credit;
            entries.Append(CultureInfo.InvariantCulture,
                $":61:{day:yyMMdd}{day:MMdd}C{Amount(credit)}NTRFNONREF//{index % 3:000000}\n" +
                $":86:{text} {(index % 3 == 0 ? 0 : index)} {new string('x', pad)}\n");
        }

        return Encoding.ASCII.GetBytes(file
            .Append(CultureInfo.InvariantCulture, $":20:{text}\n:25:{account}\n:28C:{day.Day}/1\n")
            .Append(CultureInfo.InvariantCulture, $":60F:C{day.AddDays(-1):yyMMdd}USD{Amount(opening)}\n")
            .Append(entries)
            .Append(CultureInfo.InvariantCulture, $":62F:C{day:yyMMdd}USD{Amount(balance)}\n-\n").ToString());

        static string Amount(decimal amount) =>
            amount.ToString("0.00", CultureInfo.InvariantCulture).Replace('.', ',');
    }

    private Task<JsonElement> ImportAsync(byte[] content, int status, string? key = null) =>
        app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(content), status, key);
}
