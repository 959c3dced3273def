using System.CommandLine;
using OrderToCash.Local.Identity;

namespace OrderToCash.Local.Commands;

/// <summary><c>keys</c>: makes the signing key of development tokens and the JWKS file that services trust.</summary>
internal static class KeysCommand
{
    public static Option<string> Folder() => new("--folder")
    {
        Description = "Where the key is kept.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("OTC_KEYS") is { Length: > 0 } set
            ? set
            : Path.Combine(Repository.LocalFolder(), "keys"),
    };

    public static Command Create()
    {
        var folder = Folder();
        var command = new Command("keys", "Makes a signing key and its JWKS file, unless they are there.") { folder };
        command.SetAction(parsed =>
        {
            using var key = SigningKey.In(parsed.GetValue(folder)!);
            Console.WriteLine(key.JwksFile);
            return 0;
        });
        return command;
    }
}
