using System.Globalization;
using System.IO.Compression;
using System.Text;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Nothing else runs beside these tests: they look at the memory of the process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "alone in the process";
}

/// <summary>
/// The file of 100,199 entries, cut off after its first twenty batches: all of it is read and measured by
/// <c>tests/Benchmarks -- ach</c>.
/// </summary>
[Collection(AloneInTheProcess.Name)]
public sealed class A_large_ach_file(CashApp app) : IClassFixture<CashApp>
{
    private const string File = "ach-load/moov-io+ach/large-files/PPD-200-batches-100000-entries.ach.gz";

    private const int Batches = 20;

    /// <summary>Most that importing and booking it may add to what the process takes before.</summary>
    private const long MostBytes = 300L * 1024 * 1024;

    [Fact]
    public async Task is_imported_and_booked_to_its_last_entry_in_bounded_memory()
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
        var (content, entries, credits) = FirstBatches(path);
        var before = Memory.StartOver();

        var import = await app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(content), 201);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<string>(
                $"select status from statement_imports where id = '{import.Id()}'") == "imported",
            "all of it is booked");

        var grown = Memory.Peak() - before;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{entries} entries; the process took {grown / 1024 / 1024} MB more at most");
        import.Items("statements").Sum(one => one.GetProperty("entries").GetInt32()).ShouldBe(entries);
        (await app.ScalarAsync<long>("select count(*) from receipts where bank_account = 'US01-LOAD'"))
            .ShouldBe(entries);
        (await app.ScalarAsync<decimal>("select sum(amount) from receipts where bank_account = 'US01-LOAD'"))
            .ShouldBe(credits);
        (await app.ScalarAsync<long>("select count(distinct number) from receipts where bank_account = 'US01-LOAD'"))
            .ShouldBe(entries);
        grown.ShouldBeLessThan(MostBytes);
    }

    /// <summary>The file's first batches with the totals that a file of these has.</summary>
    private static (byte[] Content, int Entries, decimal Credits) FirstBatches(string path)
    {
        var records = new List<string>();
        using var reader = new StreamReader(
            new GZipStream(System.IO.File.OpenRead(path), CompressionMode.Decompress), Encoding.ASCII);
        while (records.Count(one => one[0] == '8') < Batches && reader.ReadLine() is { } record)
        {
            records.Add(record);
            while (record[0] != '8' && reader.ReadLine() is { } next)
                records.Add(record = next);
        }

        string[] controls = [.. records.Where(record => record[0] == '8')];
        var entries = controls.Sum(record => int.Parse(record[4..10], CultureInfo.InvariantCulture));
        var hash = controls.Sum(record => long.Parse(record[10..20], CultureInfo.InvariantCulture)) % 10_000_000_000;
        var debits = controls.Sum(record => long.Parse(record[20..32], CultureInfo.InvariantCulture));
        var credits = controls.Sum(record => long.Parse(record[32..44], CultureInfo.InvariantCulture));
        var blocks = (records.Count + 1 + 9) / 10;
        records.Add(string.Create(CultureInfo.InvariantCulture,
            $"9{controls.Length:000000}{blocks:000000}{entries:00000000}{hash:0000000000}{debits:000000000000}" +
            $"{credits:000000000000}{"",39}"));
        while (records.Count % 10 != 0)
            records.Add(new string('9', 94));
        return (Encoding.ASCII.GetBytes(string.Join('\n', records)), entries, credits / 100m);
    }

    /// <summary>What the kernel says of the process's memory. Where it does not say it, nothing is measured.</summary>
    private static class Memory
    {
        /// <summary>Forgets the highest so far; gives what is resident now, in bytes.</summary>
        public static long StartOver()
        {
            GC.Collect();
            if (!OperatingSystem.IsLinux())
                return 0;
            System.IO.File.WriteAllText("/proc/self/clear_refs", "5");
            return Peak();
        }

        /// <summary>The most that was resident since then, in bytes.</summary>
        public static long Peak() => !OperatingSystem.IsLinux() ? 0 : 1024 * System.IO.File
            .ReadLines("/proc/self/status")
            .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Select(line => long.Parse(
                string.Concat(line.Where(char.IsAsciiDigit)), CultureInfo.InvariantCulture))
            .Single();
    }
}
