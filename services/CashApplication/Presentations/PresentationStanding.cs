namespace OrderToCash.CashApplication.Presentations;

/// <summary>
/// How it stands with a payment that Collections has asked to be tried again: a code, the status it is listed under,
/// and the words.
/// </summary>
public static class PresentationStanding
{
    public const string Due = "due";
    public const string UnderWay = "under-way";
    public const string Failed = "failed";
    public const string Paid = "paid";
    public const string Refused = "refused";
    public const string StateLeft = "state-left";
    public const string Lapsed = "lapsed";
    public const string NothingDue = "nothing-due";
    public const string LeftAlone = "left-alone";
    public const string DebitsStopped = "debits-stopped";
    public const string DeclinedForGood = "declined-for-good";
    public const string PresentedOften = "presented-often";
    public const string CardTriesUsed = "card-tries-used";

    /// <summary>Days after which nobody presents what was asked for: it would be a surprise.</summary>
    public const int MostDays = 10;

    /// <summary>Days in which presentments of one account count as those of the same entry (NACHA: 180).</summary>
    public const int DebitWindow = 180;

    /// <summary>Tries of cards within <see cref="CardWindow"/> days.</summary>
    public const int MostCardTries = 8;

    /// <summary>Days in which tries of cards count.</summary>
    public const int CardWindow = 60;

    /// <summary>Statuses of the list.</summary>
    public static readonly IReadOnlyList<string> Statuses = [Due, "waiting", "stopped", Paid, Refused];

    private static readonly string[] All =
    [
        Due, UnderWay, Failed, Paid, Refused, StateLeft, Lapsed, NothingDue, LeftAlone, DebitsStopped,
        DeclinedForGood, PresentedOften, CardTriesUsed,
    ];

    /// <summary>The status under which a standing is listed.</summary>
    public static string StatusOf(string standing) => standing switch
    {
        Due or Paid or Refused => standing,
        UnderWay or Failed => "waiting",
        _ => "stopped",
    };

    /// <summary>The standings of a status.</summary>
    public static string[] Of(string status) => [.. All.Where(standing => StatusOf(standing) == status)];

    /// <summary>The standing in words.</summary>
    /// <param name="standing">One of these codes.</param>
    /// <param name="detail">What a person, the bank or the processor said; null where nobody did.</param>
    public static string WordsOf(string standing, string? detail) => standing switch
    {
        Due => "To be presented.",
        UnderWay => "It is presented, and its money on the way.",
        Failed => $"It was presented and did not come{Told(detail)}. Collections asks again on its next day.",
        Paid => "It was presented, and the money is there.",
        Refused => $"It is not presented{Told(detail)}.",
        StateLeft => "The customer has left the overdue state that asked for it.",
        Lapsed => $"It was asked for more than {MostDays} days ago.",
        NothingDue => "Nothing of it is to be paid any more: it was paid, money of the customer is there or on its " +
            "way, or what is past due is disputed, held back or promised.",
        LeftAlone => $"The customer is left alone{Told(detail)}: Collections asks again once it may.",
        DebitsStopped => $"Nothing is debited: a payment came back{Told(detail)}.",
        DeclinedForGood => "This means of payment was declined for good: it takes another one.",
        PresentedOften => "It came back as often as the same entry may be presented: once and twice again.",
        CardTriesUsed => $"Cards were tried {MostCardTries} times in {CardWindow} days.",
        _ => throw new ArgumentOutOfRangeException(nameof(standing), standing, null),
    };

    private static string Told(string? detail) => detail is null ? "" : $" ({detail.TrimEnd('.')})";
}
