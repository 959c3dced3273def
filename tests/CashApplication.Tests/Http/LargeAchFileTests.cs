using System.Globalization;
using System.IO.Compression;
using System.Text;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>
/// The file of 100,199 entries, cut off after its first 10,000: all of it is imported by
/// <c>tests/Benchmarks -- ach</c>, in a process of its own whose memory is looked at.
/// </summary>
public sealed class A_large_ach_file(CashApp app) : IClassFixture<CashApp>
{
    private const string File = "ach-load/moov-io+ach/large-files/PPD-200-batches-100000-entries.ach.gz";

    private const int Entries = 10_000;

    [Fact]
    public async Task is_imported_and_booked_to_its_last_entry()
    {
        if (SharedData.Find(File) is not { } path)
            return;
        await app.IntroducedAsync();
        await app.Client.PutAsync("/v1/bank-accounts/US01-LOAD", new
        {
            legalEntity = "US01",
            currency = "USD",
            accountNumber = "123456789",
            ledgerAccount = "1000",
            detailByFile = new { ach = true },
        }, 201);
        var (content, credits) = FirstEntries(path);

        var import = await app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(content), 201);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<string>(
                $"select status from statement_imports where id = '{import.Id()}'") == "imported",
            "all of it is booked");
        import.Items("statements").Sum(one => one.GetProperty("entries").GetInt32()).ShouldBe(Entries);
        (await app.ScalarAsync<long>("select count(*) from receipts where bank_account = 'US01-LOAD'"))
            .ShouldBe(Entries);
        (await app.ScalarAsync<decimal>("select sum(amount) from receipts where bank_account = 'US01-LOAD'"))
            .ShouldBe(credits);
        (await app.ScalarAsync<long>("select count(distinct number) from receipts where bank_account = 'US01-LOAD'"))
            .ShouldBe(Entries);
    }

    /// <summary>The file's first entries with the totals that a file of these has.</summary>
    private static (byte[] Content, decimal Credits) FirstEntries(string path)
    {
        var records = new List<string>();
        using var reader = new StreamReader(
            new GZipStream(System.IO.File.OpenRead(path), CompressionMode.Decompress), Encoding.ASCII);
        while (records.Count < Entries + 2 && reader.ReadLine() is { } record)
            records.Add(record);
        string[] entries = [.. records.Where(record => record[0] == '6')];
        var hash = entries.Sum(record => long.Parse(record[3..11], CultureInfo.InvariantCulture)) % 10_000_000_000;
        var cents = entries.Sum(record => long.Parse(record[29..39], CultureInfo.InvariantCulture));
        var batch = records[1];
        records.Add(string.Create(CultureInfo.InvariantCulture,
            $"8{batch[1..4]}{entries.Length:000000}{hash:0000000000}{0:000000000000}{cents:000000000000}" +
            $"{batch[40..50]}{"",25}{batch[79..]}"));
        records.Add(string.Create(CultureInfo.InvariantCulture,
            $"9{1:000000}{(records.Count / 10) + 1:000000}{entries.Length:00000000}{hash:0000000000}" +
            $"{0:000000000000}{cents:000000000000}{"",39}"));
        while (records.Count % 10 != 0)
            records.Add(new string('9', 94));
        return (Encoding.ASCII.GetBytes(string.Join('\n', records)), cents / 100m);
    }
}
