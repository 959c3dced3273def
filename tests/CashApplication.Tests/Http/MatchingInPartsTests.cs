using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Payments of a file are matched in parts, of which the next are read while one is scored.</summary>
public sealed class Matching_in_parts(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static readonly DateOnly Day = new(2026, 11, 2);

    private ReceiptMatching Matching => app.Services.GetRequiredService<ReceiptMatching>();

    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// Named rightly, in part and with slips, by order, twice, short, by name or amount alone: whatever is applied,
    /// suggested or left is the same in parts of any size.
    /// </summary>
    [Fact]
    public async Task gives_the_same_results_in_parts_of_any_size()
    {
        var items = Enumerable.Range(1, 60).Select(Item).ToArray();
        var batch = new WriteBatch(new EventMetadata("test")).Row(OpenItems.Write(1, items));
        (await app.Store.CommitAsync(batch)).IsCommitted.ShouldBeTrue();
        var random = new Random(20261130);
        Payment[] payments = [.. Enumerable.Range(0, 150).Select(_ => Pay(items[random.Next(items.Length)], random))];

        var settings = await Matching.SettingsAsync("US01", CancellationToken.None);
        var whole = await MatchAsync(payments, settings, payments.Length);
        foreach (var size in new[] { 1, 7, 64 })
        {
            (await MatchAsync(payments, settings, size)).Zip(whole).Where(pair => pair.First != pair.Second)
                .ShouldBeEmpty($"parts of {size}");
        }


        var results = (await Matching.MatchInOrderAsync("US01", payments, settings, CancellationToken.None)).Matches;
        results.Count(one => one.Chosen is not null).ShouldBeGreaterThan(30);
        results.Count(one => one.Aside?.Reason == AsideReasons.AlreadyPaid).ShouldBeGreaterThan(0);
        results.Count(one => one is { Chosen: null, Suggestions.Count: > 0 }).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task says_why_it_failed_and_ends_what_it_was_reading()
    {
        var settings = await Matching.SettingsAsync("US01", CancellationToken.None);
        Payment[] payments = [.. Enumerable.Range(1, 6).Select(n => Plain(n, n == 2 ? null! : ["thanks"]))];
        await Should.ThrowAsync<ArgumentNullException>(
            Matching.MatchInOrderAsync("US01", payments, settings, CancellationToken.None, partSize: 1));

        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(
            Matching.MatchInOrderAsync("US01", [Plain(1, ["thanks"])], settings, stopped.Token));
    }

    private async Task<string[]> MatchAsync(Payment[] payments, MatchSettings settings, int size)
    {
        var matched = await Matching.MatchInOrderAsync("US01", payments, settings, CancellationToken.None, size);
        return [.. matched.Matches.Select(one => JsonSerializer.Serialize(one))];
    }

    private static OpenItem Item(int number)
    {
        var customer = number % 3 == 0 ? Invoicing.Initech : Invoicing.Globex;
        return Invoicing.Item($"INV-US01-2026-{number * 1117:000000}", 100m + (number * 7.31m), customer) with
        {
            PurchaseOrder = $"PO-{number * 13:00000}",
            DiscountUntil = number % 5 == 0 ? Day.AddDays(3) : null,
            DiscountRate = number % 5 == 0 ? 0.02m : null,
        };
    }

    private static Payment Plain(decimal amount, IReadOnlyList<string> remittance) =>
        new(Money.Of(amount, "USD"), null, null, remittance, ValueDate: Day);

    private static Payment Pay(OpenItem item, Random random)
    {
        var number = item.InvoiceNumber;
        var name = item.CustomerId == Invoicing.Globex ? "GLOBEX CORP" : "Initech";
        var owed = item.Balance.Amount;
        var (text, paid) = random.Next(8) switch
        {
            0 => (number, owed),
            1 => ($"{number[..^2]}{number[^1]}{number[^2]}", owed),
            2 => ($"inv {number[^6..].TrimStart('0')}", owed),
            3 => (item.PurchaseOrder!, owed),
            4 => (string.Create(CultureInfo.InvariantCulture, $"{number} less 12.50 damaged"), owed - 12.50m),
            5 => (number, owed - 20m),
            6 => ("", owed),
            _ => (number, Math.Round(owed * 0.98m, 2)),
        };
        return Plain(paid, text.Length > 0 ? [text] : []) with { PayerName = random.Next(5) > 0 ? name : null };
    }
}
