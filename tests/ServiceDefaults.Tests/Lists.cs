using System.IO.Compression;
using System.Net;
using System.Text.Json;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults.Tests.Support;

namespace OrderToCash.ServiceDefaults.Tests;

public sealed class Lists(BankFixture fixture) : IClassFixture<BankFixture>
{
    private HttpClient Client => fixture.Client;

    [Theory]
    [InlineData("name")]
    [InlineData("-name")]
    [InlineData("opened,name")]
    [InlineData("-opened,name")]
    [InlineData("opened,-name")]
    [InlineData("legalEntity")]
    [InlineData("-legalEntity,-opened")]
    public async Task pages_hold_every_row_once_while_rows_come_and_go_between_them(string sort)
    {
        var prefix = $"page {sort} ";
        for (var n = 0; n < 25; n++)
            await OpenAsync($"{prefix}{n:00}", new DateOnly(2026, 1, 1 + (n % 3)));

        var names = new List<string>();
        string? next = null;
        var round = 0;
        do
        {
            var query = $"?limit=4&sort={sort}&q={Uri.EscapeDataString(prefix)}&cursor={next}";
            var (page, cursor) = await PageAsync(query);
            names.AddRange(page);
            next = cursor;
            // Lands before, between and after the pages read so far; only rows that were there at the start count.
            await OpenAsync($"{prefix}new {round++}", new DateOnly(2026, 1, 1 + (round % 3)));
        }
        while (next is not null);

        var old = names.Where(name => !name.Contains("new", StringComparison.Ordinal)).ToList();
        old.Distinct().Count().ShouldBe(old.Count);
        old.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, 25).Select(n => $"{prefix}{n:00}"));
    }

    [Fact]
    public async Task rows_come_in_the_order_asked_for()
    {
        foreach (var n in new[] { 2, 0, 1 })
            await OpenAsync($"order {n}", new DateOnly(2026, 3, 3 - n));

        (await PageAsync("?sort=name&q=order")).Names.ShouldBe(["order 0", "order 1", "order 2"]);
        (await PageAsync("?sort=-name&q=order")).Names.ShouldBe(["order 2", "order 1", "order 0"]);
        (await PageAsync("?sort=opened&q=order")).Names.ShouldBe(["order 2", "order 1", "order 0"]);
    }

    [Fact]
    public async Task a_cursor_holds_for_its_own_order_only_and_damage_shows()
    {
        for (var n = 0; n < 3; n++)
            await OpenAsync($"cursor {n}", new DateOnly(2026, 1, 1));
        var (_, next) = await PageAsync("?limit=1&q=cursor");
        next.ShouldNotBeNull();

        using var other = await Client.GetAsync($"/v1/accounts?limit=1&sort=-name&cursor={next}");
        await other.ShouldBeProblemAsync(400, "bad-cursor");
        for (var at = 0; at < next.Length; at += 5)
        {
            var damaged = next[..at] + (next[at] == 'A' ? 'B' : 'A') + next[(at + 1)..];
            using var answer = await Client.GetAsync($"/v1/accounts?limit=1&cursor={damaged}");
            await answer.ShouldBeProblemAsync(400, "bad-cursor");
        }
    }

    [Fact]
    public async Task csv_is_quoted_and_runs_no_formulas()
    {
        await OpenAsync("csv \"quoted\", with; commas\nand lines", new DateOnly(2026, 1, 1));
        using var answer = await SendAsync("?q=csv", "text/csv");

        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/csv; charset=utf-8");
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n");
        lines[0].ShouldBe("id,legalEntity,name,kind,opened");
        lines[1].ShouldEndWith(",US01,\"csv \"\"quoted\"\", with; commas\nand lines\",current,2026-01-01");
        lines.Length.ShouldBe(3);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("+cmd", "'+cmd")]
    [InlineData("-x", "'-x")]
    [InlineData("\tx", "'\tx")]
    [InlineData("-5.00", "-5.00")]
    [InlineData("+15125550100", "+15125550100")]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    public void a_text_that_a_spreadsheet_would_run_is_made_a_text(string text, string cell)
    {
        var table = new Table(["a", "b"], [[text, 1]]);
        var csv = System.Text.Encoding.UTF8.GetString(Bytes(file => CsvTable.Write(file, table)));
        csv.ShouldBe($"a,b\r\n{cell},1\r\n");
    }

    [Fact]
    public async Task a_further_page_of_a_table_is_in_the_link_header()
    {
        for (var n = 0; n < 3; n++)
            await OpenAsync($"link {n}", new DateOnly(2026, 1, 1));
        using var first = await SendAsync("?limit=2&q=link", "text/csv");
        var link = first.Headers.GetValues("Link").Single();
        link.ShouldEndWith("; rel=\"next\"");
        using var request = new HttpRequestMessage(HttpMethod.Get, link[1..link.IndexOf('>')]);
        request.Headers.Add("Accept", "text/csv");
        using var rest = await Client.SendAsync(request);

        (await rest.Content.ReadAsStringAsync()).ShouldContain("link 2");
        rest.Headers.Contains("Link").ShouldBeFalse();
    }

    [Fact]
    public async Task xlsx_opens_and_has_numbers_dates_and_texts()
    {
        var table = new Table(["text", "whole", "amount", "date", "instant", "flag", "none"],
        [
            ["=1+1\u0001\ud83d\ude00", 7L, 1250.00m, new DateOnly(2026, 11, 2),
                new DateTimeOffset(2026, 11, 2, 12, 0, 0, TimeSpan.Zero), true, null],
        ]);
        using var document = SpreadsheetDocument.Open(
            new MemoryStream(Bytes(file => XlsxTable.Write(file, table))), isEditable: false);

        new OpenXmlValidator().Validate(document).Select(error => error.Description).ShouldBeEmpty();
        var rows = document.WorkbookPart!.WorksheetParts.Single().Worksheet.Descendants<Row>().ToArray();
        rows[0].Elements<Cell>().Select(cell => cell.InnerText).ShouldBe(table.Columns);
        var cells = rows[1].Elements<Cell>().ToArray();
        cells[0].InnerText.ShouldBe("=1+1\ud83d\ude00");
        cells[0].CellFormula.ShouldBeNull();
        cells[1].CellValue!.Text.ShouldBe("7");
        cells[2].CellValue!.Text.ShouldBe("1250.00");
        cells[3].CellValue!.Text.ShouldBe("46328");
        cells[4].CellValue!.Text.ShouldStartWith("46328.5");
        cells[5].CellValue!.Text.ShouldBe("1");
        cells[6].CellValue.ShouldBeNull();

        using var answer = await SendAsync("?limit=1", Tables.Xlsx);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(Tables.Xlsx);
    }

    [Fact]
    public void what_a_table_sums_to_is_a_sheet_of_its_own_and_no_row_of_it()
    {
        var totals = new Table(["currency", "total"], [["USD", 12.50m]]);
        var table = new Table(["key", "total"], [["a", 12.50m]])
        {
            Summary = new TableSummary("Receivables by age as of 2026-11-30", totals),
        };
        using var document = SpreadsheetDocument.Open(
            new MemoryStream(Bytes(file => XlsxTable.Write(file, table))), isEditable: false);

        new OpenXmlValidator().Validate(document).Select(error => error.Description).ShouldBeEmpty();
        Cells("sheet").ShouldBe([["key", "total"], ["a", "12.50"]]);
        Cells("summary").ShouldBe(
            [["Receivables by age as of 2026-11-30"], ["currency", "total"], ["USD", "12.50"]]);
        System.Text.Encoding.UTF8.GetString(Bytes(file => CsvTable.Write(file, table)))
            .ShouldBe("key,total\r\na,12.50\r\n");

        string[][] Cells(string sheet) =>
        [
            .. ((WorksheetPart)document.WorkbookPart!.GetPartById(sheet)).Worksheet.Descendants<Row>()
                .Select(row => row.Elements<Cell>().Select(cell => cell.InnerText).ToArray()),
        ];
    }

    [Fact]
    public void the_same_table_is_the_same_bytes_whenever_it_is_written()
    {
        static Table Rows(int count) => new(["number", "amount"], Enumerable.Range(0, count)
            .Select(n => (IReadOnlyList<object?>)[(long)n, n / 100m]));
        var first = Bytes(file => XlsxTable.Write(file, Rows(5_000)));

        Bytes(file => XlsxTable.Write(file, Rows(5_000))).ShouldBe(first);
        using var zip = new ZipArchive(new MemoryStream(first));
        zip.Entries.ShouldAllBe(entry => entry.LastWriteTime.Year == 1980);
        using var document = SpreadsheetDocument.Open(new MemoryStream(first), isEditable: false);
        document.WorkbookPart!.WorksheetParts.Single().Worksheet.Descendants<Row>().Count().ShouldBe(5_001);
    }

    [Fact]
    public void what_no_sheet_can_hold_is_refused_and_not_cut_off()
    {
        var rows = Enumerable.Repeat<IReadOnlyList<object?>>([null], 1_048_576);

        Should.Throw<ProblemException>(() => XlsxTable.Write(Stream.Null, new Table(["a"], rows)))
            .Problem.Code.ShouldBe("too-many-rows");
    }

    [Theory]
    [InlineData("*/*")]
    [InlineData("application/json")]
    [InlineData("application/json;q=0.9, text/csv;q=0.1")]
    [InlineData("image/png")]
    [InlineData("nonsense")]
    public async Task json_is_what_the_others_get(string accept)
    {
        using var answer = await SendAsync("?limit=1", accept);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
    }

    [Fact]
    public void parts_of_rows_become_columns()
    {
        var table = Table.Of([new Outer("a", Money.Of(5, "USD"), null, new Inner(1.5m, Final: false), ["x", "y"])]);

        table.Columns.ShouldBe(["name", "total.amount", "total.currency", "paid.amount", "paid.currency",
            "inner.rate", "inner.final", "tags"]);
        table.Rows.Single().ShouldBe(["a", 5.00m, "USD", null, null, 1.5m, false, "[\"x\",\"y\"]"]);
    }

    private static byte[] Bytes(Action<Stream> write)
    {
        using var memory = new MemoryStream();
        write(memory);
        return memory.ToArray();
    }

    private sealed record Outer(string Name, Money Total, Money? Paid, Inner? Inner, IReadOnlyList<string> Tags);

    private sealed record Inner(decimal Rate, bool Final);

    private async Task OpenAsync(string name, DateOnly opened)
    {
        using var answer = await Client.SendAsync(Http.Post(
            "/v1/accounts", new { legalEntity = "US01", name, kind = "current", opened = opened.ToString("O") }));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    private async Task<(IReadOnlyList<string> Names, string? Next)> PageAsync(string query)
    {
        using var answer = await Client.GetAsync("/v1/accounts" + query);
        var body = await answer.BodyAsync();
        body.TryGetProperty("items", out var items).ShouldBeTrue(body.ToString());
        return ([.. items.EnumerateArray().Select(item => item.GetProperty("name").GetString()!)],
            body.GetProperty("next") is { ValueKind: JsonValueKind.String } next ? next.GetString() : null);
    }

    private Task<HttpResponseMessage> SendAsync(string query, string accept)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/accounts" + query);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return Client.SendAsync(request);
    }
}
