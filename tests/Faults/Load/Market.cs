using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OrderToCash.Kernel;

namespace OrderToCash.Faults.Load;

/// <summary>A customer of the load.</summary>
internal sealed record Buyer(Guid Id, string LegalEntity, string Currency)
{
    /// <summary>An amount in this currency as the API takes it; whole units where it has no smaller ones.</summary>
    public object Money(decimal amount) => new
    {
        amount = amount.ToString(CultureInfo.InvariantCulture),
        currency = Currency,
    };

    /// <summary>The amount in whole minor units of this currency.</summary>
    public decimal Round(decimal amount) => decimal.Round(amount, Currency == "JPY" ? 0 : 2);
}

/// <summary>Who trades: three companies in three time zones and currencies, their customers, their limits.</summary>
internal sealed class Market(IReadOnlyList<Buyer> buyers)
{
    /// <summary>The <c>sub</c> of whoever sets the market up.</summary>
    public const string Subject = "setup";

    /// <summary>The playbook by which late payers are dunned.</summary>
    public const string Playbook = "load";

    /// <summary>How long ago a late payer was billed: more than its terms.</summary>
    public const int LateDays = 45;

    /// <summary>The largest rest that a run may give up, in any currency; few rests are so small.</summary>
    public const decimal SmallBalance = 60;

    /// <summary>Where late payers get mail.</summary>
    public const string LateAddress = "ap@late.example";

    private const string Mover = "CA01";
    private const string WhereDaysEndLast = "Pacific/Pago_Pago";
    private const string WhereDaysEndFirst = "Pacific/Kiritimati";

    private const int BuyersEach = 4;
    private const string Fee = "4";

    // Some pay in parts, so that an invoice has several open items.
    private static readonly string[] Terms = ["NET 30", "EOM + 15", "SPLIT 30/60/90", "SPLIT 50%@0 25%@30 25%@60"];

    private static readonly (string Code, string Currency, string Country, string TimeZone)[] Companies =
    [
        ("US01", "USD", "US", "America/New_York"),
        (Mover, "CAD", "CA", WhereDaysEndLast),
        ("JP01", "JPY", "JP", "Asia/Tokyo"),
    ];

    private readonly ConcurrentDictionary<string, string> _zones = new(
        Companies.Select(company => KeyValuePair.Create(company.Code, company.TimeZone)), StringComparer.Ordinal);

    public IReadOnlyList<Buyer> Buyers => buyers;

    /// <summary>The account that a company pays refunds from.</summary>
    public static string BankAccountOf(string company) => $"{company}-BANK";

    /// <summary>The day it is where the buyer's company is.</summary>
    public DateOnly Today(Buyer buyer) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(
        TimeProvider.System.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(_zones[buyer.LegalEntity])).DateTime);

    /// <summary>
    /// One company moves 25 hours on: whatever the clock says its day ends, and so do promises and holds of that day.
    /// </summary>
    public async Task MoveAsync(Uri gateway, string token)
    {
        using var http = Client(gateway, token);
        var company = Companies.Single(one => one.Code == Mover);
        var there = Entity(company with { TimeZone = WhereDaysEndFirst });
        await UntilTakenAsync(http, $"/v1/legal-entities/{Mover}", there);
        _zones[Mover] = WhereDaysEndFirst;
    }

    /// <summary>How the statements of a company's account are read.</summary>
    public static string MappingOf(string company) => $"{company}-CSV";

    /// <summary>One of them; the first of each company is asked for far more often, and its limit is small.</summary>
    public Buyer Any(Random random) =>
        random.Next(3) == 0 ? buyers[random.Next(Companies.Length) * BuyersEach] : buyers[random.Next(buyers.Count)];

    /// <summary>A customer of the company that moves.</summary>
    public Buyer SomebodyWhoMoves(Random random)
    {
        var theirs = buyers.Where(buyer => buyer.LegalEntity == Mover).ToList();
        return theirs[random.Next(theirs.Count)];
    }

    /// <summary>Registers everything and waits until the other services know of it.</summary>
    public static async Task<Market> OpenAsync(Uri gateway, string token)
    {
        using var http = Client(gateway, token);
        List<Buyer> buyers = [];
        foreach (var company in Companies)
        {
            await SendAsync(http, HttpMethod.Put, $"/v1/legal-entities/{company.Code}", Entity(company));
            for (var number = 1; number <= BuyersEach; number++)
                buyers.Add(await RegisterAsync(http, company.Code, company.Currency, company.Country, number));
        }

        foreach (var (code, currency, _, _) in Companies)
            await LayDownAsync(http, code, currency);
        await UntilTakenAsync(http, $"/v1/collections/playbooks/{Playbook}", FirstNotice());
        for (var index = 0; index < buyers.Count; index++)
        {
            var limit = index % BuyersEach == 0 ? 4_000m : 400_000m;
            await UntilKnownAsync(http, $"/v1/credit/accounts/{buyers[index].Id}");
            await SendAsync(http, HttpMethod.Put, $"/v1/credit/accounts/{buyers[index].Id}/limit",
                new { limit = buyers[index].Money(limit), reason = "opening" });
        }

        return new Market(buyers);
    }

    /// <summary>How a company gives up, matches and collects, and the account that it banks with.</summary>
    private static async Task LayDownAsync(HttpClient http, string code, string currency)
    {
        object[] small = [new { amount = SmallBalance.ToString(CultureInfo.InvariantCulture), currency }];
        await UntilTakenAsync(
            http, $"/v1/legal-entities/{code}/automation-policy", new { smallBalances = new { limits = small } });
        await UntilTakenAsync(http, $"/v1/cash-policies/{code}", new
        {
            autoApplyThreshold = "0.90",
            takesOffCreditMemos = true,
            writeOffLimits = small,
        });
        await UntilTakenAsync(http, $"/v1/collections/policies/{code}", new
        {
            promises = new { graceDays = 0, tolerancePercent = "1", longestDays = 90 },
        });
        await UntilTakenAsync(http, $"/v1/bank-accounts/{BankAccountOf(code)}", new
        {
            legalEntity = code,
            currency,
            ledgerAccount = "1010",
            accountNumber = $"4711{code}",
            bankCode = "021000021",
        });
        await UntilTakenAsync(http, $"/v1/csv-mappings/{MappingOf(code)}", new
        {
            fixedCurrency = currency,
            fixedAccount = $"4711{code}",
            bookingDate = "Day",
            amount = "Amount",
            endToEndId = "Reference",
            partyName = "Payer",
            text = new[] { "Text" },
        });
    }

    /// <summary>A customer with somebody to write to, whose contract lets a notice cost something.</summary>
    public static object LatePayer(Buyer company) => new
    {
        legalEntity = company.LegalEntity,
        name = "Late payer",
        currency = company.Currency,
        country = Companies.First(one => one.Code == company.LegalEntity).Country,
        language = "en",
        terms = "NET 30",
        contacts = new[] { new { name = "Ana Ruiz", role = "accounts-payable", email = LateAddress } },
        clauses = new { reminderFee = Fee },
    };

    private static HttpClient Client(Uri gateway, string token) => new()
    {
        BaseAddress = gateway,
        Timeout = TimeSpan.FromSeconds(30),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    private static object Entity((string Code, string Currency, string Country, string TimeZone) company) => new
    {
        name = $"Acme {company.Code}",
        baseCurrency = company.Currency,
        country = company.Country,
        timeZone = company.TimeZone,
    };

    /// <summary>A playbook of one step, which costs something.</summary>
    private static object FirstNotice() => new
    {
        name = "Load",
        steps = new[]
        {
            new
            {
                code = "notice",
                offsetDays = 1,
                channel = "email",
                minimumAmounts = Array.Empty<object>(),
                wording = new { en = new { subject = "Overdue", opening = "Please pay.", closing = "Thank you." } },
                fees = Companies.Select(company => new { amount = Fee, currency = company.Currency }),
            },
        },
    };

    private static async Task<Buyer> RegisterAsync(
        HttpClient http, string code, string currency, string country, int number)
    {
        var customer = await SendAsync(http, HttpMethod.Post, "/v1/customers", new
        {
            legalEntity = code,
            name = $"Buyer {number} of {code}",
            externalId = $"CRM-{code}-{number}",
            currency,
            country,
            language = "en",
            terms = Terms[number - 1],
            contacts = Array.Empty<object>(),
        });
        return new Buyer(customer["id"]!.GetValue<Guid>(), code, currency);
    }

    private static async Task<JsonNode> SendAsync(HttpClient http, HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new InvalidOperationException($"{method} {path} was answered {(int)answer.StatusCode}: {text}");
    }

    /// <summary>Defines something as soon as the service is there and knows what it is for.</summary>
    private static async Task UntilTakenAsync(HttpClient http, string path, object body)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await SendAsync(http, HttpMethod.Put, path, body);
                return;
            }
            catch (Exception error) when (
                error is InvalidOperationException or HttpRequestException or OperationCanceledException
                && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(1))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    private static async Task UntilKnownAsync(HttpClient http, string path)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!(await http.GetAsync(new Uri(path, UriKind.Relative), patience.Token)).IsSuccessStatusCode)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
    }
}
