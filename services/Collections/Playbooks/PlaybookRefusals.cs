using OrderToCash.Kernel;

namespace OrderToCash.Collections.Playbooks;

/// <summary>Why a playbook may be refused.</summary>
public static class PlaybookRefusals
{
    public static Refusal Invalid(string field, string detail) => new("invalid-playbook", detail, Field: field);

    public static Refusal NoProvider(NoticeChannel channel, string section, string field) => new(
        "no-message-provider",
        $"Nobody takes messages by {Json.NameOf(channel)} here: set {section}:Url and {section}:Key of Collections.",
        Field: field);

    public static Refusal MessageTooLong(string detail) => new("message-too-long", $"{detail} A run sends none.");

    public static Refusal UnknownStep(string code) => new(
        "unknown-step", $"The playbook has no step {code}.", Field: "/step");

    public static Refusal Unknown(string code, string field = "/playbook") => new(
        "unknown-playbook", $"There is no playbook {code}; define it first.", Field: field);
}
