using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Presentations;

/// <summary>Why something about a presentation is refused.</summary>
public static class PresentationRefusals
{
    public static readonly Refusal BadMethod = new(
        "bad-method", "What is presented again is ach or card.", Field: "/method");

    public static readonly Refusal CardNumber = new(
        "card-number", "Name the processor's token of the card, never its number.", Field: "/instrument");

    public static readonly Refusal OnItsWay = Refusal.State(
        "payment-on-its-way", "Such a payment of the customer is on its way already.");

    public static readonly Refusal NothingPresented = Refusal.State(
        "nothing-presented", "Nothing was presented that could be declined.");

    public static Refusal NotFound(Guid id) => Refusal.NotFound("presentation", id);

    public static Refusal NotDue(string standing, string? detail) =>
        Refusal.State($"presentation-{standing}", PresentationStanding.WordsOf(standing, detail));

    public static Refusal MoreThanDue(Money due) =>
        new("more-than-due", $"No more than {due} is to be paid.", Field: "/amount");
}
