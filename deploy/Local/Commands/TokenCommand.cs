using System.CommandLine;
using OrderToCash.Local.Identity;

namespace OrderToCash.Local.Commands;

/// <summary><c>token</c>: a token for the system on this machine, and nothing else on the output.</summary>
internal static class TokenCommand
{
    public static Command Create()
    {
        var role = new Option<string>("--role")
        {
            Description = "Whose token.",
            DefaultValueFactory = _ => "controller",
        };
        role.AcceptOnlyFromAmong([.. Roles.Scopes.Keys]);
        var subject = new Option<string?>("--subject") { Description = "Who; the role's name when not given." };
        var entities = new Option<string[]>("--entity")
        {
            Description = "Legal entities the caller may see; all when not given.",
            AllowMultipleArgumentsPerToken = true,
        };
        var hours = new Option<int>("--hours")
        {
            Description = "How long it is good for.",
            DefaultValueFactory = _ => 12,
        };
        var folder = KeysCommand.Folder();
        var command = new Command("token", "Prints a token for the services on this machine.")
        {
            role, subject, entities, hours, folder,
        };
        command.SetAction(parsed =>
        {
            using var key = SigningKey.In(parsed.GetValue(folder)!);
            var name = parsed.GetValue(role)!;
            Console.WriteLine(key.Token(
                parsed.GetValue(subject) ?? name, Roles.Scopes[name], [name],
                parsed.GetValue(entities) is { Length: > 0 } some ? some : ["*"],
                TimeSpan.FromHours(parsed.GetValue(hours))));
            return 0;
        });
        return command;
    }
}
