using System.Globalization;
using System.Text.Json.Nodes;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>
/// Goes through the log of <see cref="RandomDays"/> event by event and says what must not have happened. It knows the
/// rules by itself and uses nothing of the service. What contact rests on is written under one lock per customer, and
/// what may be asked for under one per invoice, so the order of the log is the order in which it was decided.
/// </summary>
internal sealed class DaysLog(
    IReadOnlyList<RandomDays.Debtor> debtors, IReadOnlyList<long> ends, IReadOnlyDictionary<string, string> zones)
{
    public static readonly string[] Types =
    [
        "contact_attempted", "contact_suppressed", "consent_stated", "hold_placed", "hold_released", "hold_expired",
        "dispute_opened", "dispute_withdrawn", "notice_prepared", "notice_sent",
    ];

    private readonly Dictionary<Guid, RandomDays.Debtor> _debtors = debtors.ToDictionary(one => one.Id);
    private readonly Dictionary<Guid, (Guid Customer, string Kind)> _holds = [];
    private readonly HashSet<(Guid Customer, int Round)> _heldIn = [];
    private readonly Dictionary<Guid, (Guid Invoice, decimal Amount)> _disputes = [];
    private readonly Dictionary<(Guid, string), (bool Granted, DateOnly On)> _consents = [];
    private readonly List<(Guid Customer, DateOnly Day, bool Wanted)> _attempts = [];
    private readonly HashSet<(Guid Customer, DateOnly Day)> _noticed = [];
    private readonly Dictionary<Guid, int> _steps = [];

    public List<string> Faults { get; } = [];

    public int Sent { get; private set; }

    public int Contacts => _attempts.Count;

    public int Suppressed { get; private set; }

    public void Check(long seq, string type, Guid stream, JsonNode data, DateTimeOffset at)
    {
        switch (type)
        {
            case "hold_placed":
                _holds[stream] = (Id(data["CustomerId"]), data["Kind"]!.GetValue<string>());
                _heldIn.Add((_holds[stream].Customer, Round(seq)));
                break;
            case "hold_released" or "hold_expired":
                _heldIn.Add((_holds[stream].Customer, Round(seq)));
                _holds.Remove(stream);
                break;
            case "dispute_opened":
                _disputes[stream] = (Id(data["InvoiceId"]), Amount(data["Amount"]));
                break;
            case "dispute_withdrawn":
                _disputes.Remove(stream);
                break;
            case "consent_stated":
                _consents[(Id(data["Point"]!["CustomerId"]), Channel(data))] = (
                    data["Granted"]!.GetValue<bool>(), Day(data["On"]));
                break;
            case "contact_attempted" or "contact_suppressed":
                Contact(seq, type == "contact_attempted", data, at);
                break;
            case "notice_sent":
                Notice(seq, data["Content"]!, at);
                break;
            default:
                break;
        }
    }

    /// <summary>Contact takes place exactly where every rule allows it.</summary>
    private void Contact(long seq, bool tookPlace, JsonNode data, DateTimeOffset at)
    {
        var (customer, channel) = (_debtors[Id(data["Point"]!["CustomerId"])], Channel(data));
        var local = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(customer.Zone)).DateTime;
        var (day, hours) = (DateOnly.FromDateTime(local), customer.Rules.QuietHours[0]);
        var (cap, time) = (customer.Rules.Caps[0], TimeOnly.FromDateTime(local));
        var isForbidden = _holds.Values.Any(hold => hold.Customer == customer.Id && hold.Kind != "DunningBlock");
        var hasSaid = _consents.TryGetValue((customer.Id, channel), out var said);
        var isRefused = hasSaid && !said.Granted;
        var isOpen = !hours.DaysOff.Contains(local.DayOfWeek) && time >= hours.From && time < hours.To;
        var before = _attempts.Count(one =>
            one.Customer == customer.Id && !one.Wanted && one.Day > day.AddDays(-cap.Days));
        var mayBe = !isRefused && isOpen && before < cap.Attempts;

        // Whoever asks is told of the holds of that moment; only a notice waits for whoever places one just now.
        var isUnclear = data["NoticeId"] is null && _heldIn.Contains((customer.Id, Round(seq)));
        if ((mayBe && !isForbidden) != tookPlace && !(isUnclear && (mayBe || !tookPlace)))
        {
            Faults.Add(FormattableString.Invariant(
                $"{seq}: {channel} to {customer.Id} {(tookPlace ? "took place" : "did not")} at {local:s}: ") +
                $"forbidden {isForbidden}, refused {isRefused}, open {isOpen}, {before} of {cap.Attempts} in {cap.Days} days; " +
                $"{data["Rule"]}");
        }

        if (tookPlace)
            _attempts.Add((customer.Id, day, hasSaid && said.Granted && said.On >= day.AddDays(-7)));
        else
            Suppressed++;
    }

    /// <summary>It asks for what may be asked for at that moment, once a day and each step once.</summary>
    private void Notice(long seq, JsonNode content, DateTimeOffset at)
    {
        Sent++;
        var customer = Id(content["CustomerId"]);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zones[content["LegalEntity"]!.GetValue<string>()]);
        var date = Day(content["Date"]);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
        if (!_noticed.Add((customer, today)))
            Faults.Add($"{seq}: a second notice to {customer} on {today:O}");
        if (date > today)
            Faults.Add($"{seq}: the notice of {date:O} left on {today:O}");
        if (_holds.Values.Any(hold => hold.Customer == customer))
            Faults.Add($"{seq}: {customer} is under a hold");
        foreach (var item in content["Items"]!.AsArray())
            Item(seq, customer, date, item!);
    }

    private void Item(long seq, Guid customer, DateOnly date, JsonNode item)
    {
        var (invoice, asked) = (Id(item["InvoiceId"]), Amount(item["Balance"]));
        var (offset, known) = (
            item["StepOffset"]!.GetValue<int>(),
            _debtors[customer].Items.Single(one => one.Known.InvoiceId == invoice));
        if (date < known.Known.DueDate.AddDays(offset))
            Faults.Add($"{seq}: step {offset} of {invoice}, due {known.Known.DueDate:O}, on {date:O}");
        if (_steps.TryGetValue(invoice, out var last) && last >= offset)
            Faults.Add($"{seq}: step {offset} of {invoice} after step {last}");
        _steps[invoice] = offset;
        var round = Round(seq);
        var disputed = _disputes.Values.Where(one => one.Invoice == invoice).Sum(one => one.Amount);
        decimal[] open =
        [
            .. new[] { round - 1, round }.Select(upTo =>
                100 - known.Payments.Where(payment => payment.Round <= upTo).Sum(payment => payment.Amount)),
        ];
        if (asked <= 0 || !open.Contains(asked + disputed))
        {
            Faults.Add(FormattableString.Invariant(
                $"{seq}: {asked} of {invoice} is asked for, {disputed} disputed, open ") + string.Join(" or ", open));
        }
    }

    private int Round(long seq) => ends.Count(end => end < seq);

    private static Guid Id(JsonNode? node) => Guid.Parse(node!.GetValue<string>());

    private static DateOnly Day(JsonNode? node) => DateOnly.ParseExact(
        node!.GetValue<string>(), "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Channel(JsonNode data) => data["Point"]!["Channel"]!.GetValue<string>();

    private static decimal Amount(JsonNode? money) => decimal.Parse(
        money!["amount"]!.GetValue<string>(), CultureInfo.InvariantCulture);
}
