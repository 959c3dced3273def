using System.Text.Json;
using System.Text.RegularExpressions;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Playbooks;

/// <summary>What may become of a playbook.</summary>
public static partial class PlaybookDecider
{
    /// <summary>
    /// The language every step must speak; customers of other languages get it where a translation is missing.
    /// </summary>
    public const string FallbackLanguage = "en";

    private static readonly string[] Languages = [FallbackLanguage, "es", "fr"];

    /// <summary>Writes or changes a playbook; saying the same again is nothing.</summary>
    public static Decision Define(Playbook playbook, PlaybookDefined wish)
    {
        ArgumentNullException.ThrowIfNull(playbook);
        ArgumentNullException.ThrowIfNull(wish);
        var fault = CheckHead(wish)
            ?? wish.Steps.Select((step, at) => CheckStep(step, $"/steps/{at}")).FirstOrDefault(no => no is not null)
            ?? CheckOrder(wish.Steps, wish.Stages);
        if (fault is not null)
            return fault;
        return playbook.Definition is { } now && Same(now, wish) ? Decision.Nothing : Decision.Of(wish);
    }

    private static Refusal? CheckHead(PlaybookDefined wish) => wish switch
    {
        _ when !CodeFormat().IsMatch(wish.Code) => PlaybookRefusals.Invalid(
            "/code", "The code is 1 to 50 small letters, digits and hyphens, such as standard."),
        { Code: CustomerPlaybooks.None } => PlaybookRefusals.Invalid(
            "/code", "Customers of none go by no playbook; call it something else."),
        _ when string.IsNullOrWhiteSpace(wish.Name) || wish.Name.Length > 100 => PlaybookRefusals.Invalid(
            "/name", "The name has 1 to 100 characters."),
        _ when wish.Steps.Count is 0 or > 20 => PlaybookRefusals.Invalid(
            "/steps", "A playbook has 1 to 20 steps: reminders come to an end."),
        _ when !Enum.IsDefined(wish.Scope) => PlaybookRefusals.Invalid("/scope", "There is no such scope."),
        _ when !Enum.IsDefined(wish.Credits) => PlaybookRefusals.Invalid(
            "/credits", "Credits are taken off or ignored."),
        _ when !Enum.IsDefined(wish.CountFrom) => PlaybookRefusals.Invalid(
            "/countFrom", "Days are counted from the due date or the end of its month."),
        _ when !Enum.IsDefined(wish.Stages) => PlaybookRefusals.Invalid("/stages", "Steps are aged or staged."),
        _ when wish.QuietDays is < 0 or > 60 => PlaybookRefusals.Invalid(
            "/quietDays", "There are 0 to 60 quiet days after a notice."),
        { Scope: not PlaybookScope.EveryInvoice } when wish.Steps.Count(step => step.OffsetDays <= 0) > 1 =>
            PlaybookRefusals.Invalid(
                "/steps", "Where the oldest invoice leads, at most one step is on or before the due date."),
        _ => CheckAmounts(wish.Tolerances, "/tolerances"),
    };

    private static Refusal? CheckStep(PlaybookStep step, string at) => step switch
    {
        _ when !CodeFormat().IsMatch(step.Code) => PlaybookRefusals.Invalid(
            $"{at}/code", "The code of a step is 1 to 50 small letters, digits and hyphens, such as first-notice."),
        _ when step.OffsetDays is < -60 or > 365 => PlaybookRefusals.Invalid(
            $"{at}/offsetDays", "A step is due 60 days before to 365 days after the due date."),
        { IsWork: true, OffsetDays: <= 0 } => PlaybookRefusals.Invalid(
            $"{at}/channel", "Before the due day has ended there is nothing to call about, escalate or recommend."),
        { EscalateTo: not null } when step.Channel != NoticeChannel.Escalate => PlaybookRefusals.Invalid(
            $"{at}/escalateTo", "Only a step that escalates says to whom."),
        { EscalateTo: { } target } when !Enum.IsDefined(target) => PlaybookRefusals.Invalid(
            $"{at}/escalateTo", "There is nobody of that name to escalate to."),
        { AttachLetter: true } when step.Channel != NoticeChannel.Email => PlaybookRefusals.Invalid(
            $"{at}/attachLetter", "Only a mail carries a letter."),
        _ when !step.Wording.ContainsKey(FallbackLanguage) => PlaybookRefusals.Invalid(
            $"{at}/wording",
            "Every step needs its wording in en; customers of other languages get it where theirs is missing."),
        _ when step.Wording.Keys.FirstOrDefault(language => !Languages.Contains(language)) is { } unknown =>
            PlaybookRefusals.Invalid($"{at}/wording/{unknown}", "A notice can be written in en, es and fr."),
        _ when step.Wording.FirstOrDefault(text => !IsComplete(text.Value)) is { Key: { } language } =>
            PlaybookRefusals.Invalid($"{at}/wording/{language}",
                "Subject (one line, to 200 characters), opening and closing (to 4,000 characters each) are required."),
        _ when step.Wording.FirstOrDefault(text => !NamesWhatThereIs(text.Value)) is { Key: { } language } =>
            PlaybookRefusals.Invalid($"{at}/wording/{language}",
                $"A wording may name {string.Join(", ", Wording.Placeholders)} in double braces, and holds no others."),
        { OffsetDays: <= 0 } when step.Wording.FirstOrDefault(text => SpeaksOfArrears(text.Value))
            is { Key: { } language } => PlaybookRefusals.Invalid($"{at}/wording/{language}",
                $"Before the due day has ended there is no {string.Join(" and no ", Wording.OfArrears)}."),
        _ => CheckAmounts(step.MinimumAmounts, $"{at}/minimumAmounts")
            ?? MessageSteps.Check(step, at)
            ?? CheckFees(step, $"{at}/fees")
            ?? CheckCopies(step, $"{at}/copyTo")
            ?? (step.Condition is { } condition ? CheckCondition(condition, $"{at}/condition") : null),
    };

    private static Refusal? CheckFees(PlaybookStep step, string at) => step switch
    {
        { Fees: null } => null,
        { Fees.Count: 0 } => PlaybookRefusals.Invalid(at, "There is at least one fee, or they are left out."),
        { IsWork: true } or { OffsetDays: <= 0 } => PlaybookRefusals.Invalid(
            at, "Only a notice after the due date costs the customer something."),
        { Fees: { } fees } when !fees.All(fee => fee.IsPositive) => PlaybookRefusals.Invalid(
            at, "A fee is more than zero."),
        { Fees: { } fees } => CheckAmounts(fees, at),
    };

    private static Refusal? CheckCopies(PlaybookStep step, string at) => step switch
    {
        { CopyTo: null } => null,
        { Channel: not NoticeChannel.Email } => PlaybookRefusals.Invalid(at, "Only a mail has copies."),
        { CopyTo: { Count: 0 or > 5 } roles } => PlaybookRefusals.Invalid(
            at, $"Copies go to contacts of 1 to 5 roles, not of {roles.Count}, or they are left out."),
        { CopyTo: { } roles } when roles.Any(role => !IsText(role, 50)) || roles.Distinct().Count() < roles.Count =>
            PlaybookRefusals.Invalid(at, "A role has 1 to 50 characters and is named once."),
        _ => null,
    };

    private static Refusal? CheckCondition(StepCondition condition, string at) => condition switch
    {
        {
            DaysOverdue: null, ItemAmounts: null, TotalOverdue: null, PercentOfOpen: null, FailedPromises: null,
            Level: null, DisputeDays: null, BreachedPlans: null, DaysSinceNotice: null,
        } => PlaybookRefusals.Invalid(at, "A condition asks for something; leave it out where nothing is asked."),
        { DaysOverdue: < 1 or > 365 } => PlaybookRefusals.Invalid(
            $"{at}/daysOverdue", "An item is 1 to 365 days overdue."),
        { PercentOfOpen: <= 0 or > 100 } => PlaybookRefusals.Invalid(
            $"{at}/percentOfOpen", "A share is more than 0 and at most 100 percent."),
        { FailedPromises: < 1 or > 100 } => PlaybookRefusals.Invalid(
            $"{at}/failedPromises", "There are 1 to 100 promises that were not kept."),
        { Level: < 1 or > 20 } => PlaybookRefusals.Invalid($"{at}/level", "A level is one of 1 to 20."),
        { DisputeDays: < 1 or > 365 } => PlaybookRefusals.Invalid(
            $"{at}/disputeDays", "An item has been disputed for 1 to 365 days."),
        { BreachedPlans: < 1 or > 100 } => PlaybookRefusals.Invalid(
            $"{at}/breachedPlans", "There are 1 to 100 payment plans that were breached."),
        { DaysSinceNotice: < 1 or > 365 } => PlaybookRefusals.Invalid(
            $"{at}/daysSinceNotice", "The last notice is 1 to 365 days old."),
        { ItemAmounts.Count: 0 } => PlaybookRefusals.Invalid(
            $"{at}/itemAmounts", "There is at least one amount, or the part is left out."),
        { TotalOverdue.Count: 0 } => PlaybookRefusals.Invalid(
            $"{at}/totalOverdue", "There is at least one amount, or the part is left out."),
        _ => CheckAmounts(condition.ItemAmounts ?? [], $"{at}/itemAmounts")
            ?? CheckAmounts(condition.TotalOverdue ?? [], $"{at}/totalOverdue"),
    };

    private static Refusal? CheckOrder(IReadOnlyList<PlaybookStep> steps, PlaybookStages stages)
    {
        if (steps.Select(step => step.Code).Distinct(StringComparer.Ordinal).Count() < steps.Count)
            return PlaybookRefusals.Invalid("/steps", "Two steps have the same code.");
        var before = steps.TakeWhile(step => step.Condition?.DaysSinceNotice is null).ToList();
        if (before.Count < steps.Count && !before.Exists(IsWrittenToAll))
        {
            return PlaybookRefusals.Invalid(
                $"/steps/{before.Count}/condition/daysSinceNotice", stages == PlaybookStages.Staged
                    ? "No stage before this one writes a notice: who comes in late has had no reminder."
                    : "No step before this one writes a notice.");
        }

        return steps.Zip(steps.Skip(1)).Any(pair => pair.First.OffsetDays >= pair.Second.OffsetDays)
            ? PlaybookRefusals.Invalid("/steps", "Each step is due later than the one before it.")
            : null;

        bool IsWrittenToAll(PlaybookStep step) =>
            !step.IsWork && (stages == PlaybookStages.Aged || step.OffsetDays > 0);
    }

    private static Refusal? CheckAmounts(IReadOnlyList<Money> amounts, string at)
    {
        if (amounts.Any(amount => amount.IsNegative))
            return PlaybookRefusals.Invalid(at, "An amount is zero or more.");
        return amounts.Select(amount => amount.Currency).Distinct().Count() < amounts.Count
            ? PlaybookRefusals.Invalid(at, "There is at most one amount per currency.")
            : null;
    }

    private static bool IsComplete(Wording wording) =>
        IsText(wording.Subject, 200) && !wording.Subject.Any(char.IsControl)
        && IsText(wording.Opening, 4000) && IsText(wording.Closing, 4000);

    /// <summary>Placeholders and nothing else of the template language: a playbook holds words, not programs.</summary>
    private static bool NamesWhatThereIs(Wording wording) =>
        new[] { wording.Subject, wording.Opening, wording.Closing }
            .All(text => Wording.Placeholders
                .Aggregate(text, (rest, name) => rest.Replace($"{{{{{name}}}}}", "", StringComparison.Ordinal))
                .AsSpan().IndexOfAny('{', '}') < 0);

    private static bool SpeaksOfArrears(Wording wording) =>
        new[] { wording.Subject, wording.Opening, wording.Closing }
            .Any(text => Wording.OfArrears.Any(name => text.Contains($"{{{{{name}}}}}", StringComparison.Ordinal)));

    private static bool IsText(string text, int max) => !string.IsNullOrWhiteSpace(text) && text.Length <= max;

    /// <summary>Lists compare by reference, so two playbooks compare as they are stored.</summary>
    private static bool Same(PlaybookDefined left, PlaybookDefined right) =>
        JsonSerializer.Serialize(left, Json.Stored) == JsonSerializer.Serialize(right, Json.Stored);

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,49}$", RegexOptions.None, 1000)]
    private static partial Regex CodeFormat();
}
