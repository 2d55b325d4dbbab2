//! The body of a function, on its way into a generated block.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Block, Stmt, braced, token};

/// A function's body. If its statements cannot be parsed here, the compiler reports them.
#[derive(Debug)]
pub(crate) struct Body {
    braces: token::Brace,
    pub(crate) attributes: Vec<Attribute>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Statements(Vec<Stmt>),
    Unknown(TokenStream),
}

impl Body {
    /// Returns the body with a statement before its own, in the user's own braces. Lints and "remove this semicolon"
    /// then refer to the body. The block also keeps the user's edition, on which the order of drops depends.
    ///
    /// Items stay first, because lints object to items after a statement.
    pub(crate) fn starting_with(&self, first: Option<&TokenStream>) -> TokenStream {
        let mut block = TokenStream::new();
        self.braces.surround(&mut block, |block| {
            let (items, others) = match &self.content {
                Content::Statements(statements) => split(statements),
                Content::Unknown(tokens) => (TokenStream::new(), tokens.clone()),
            };
            items.to_tokens(block);
            first.to_tokens(block);
            others.to_tokens(block);
        });
        block
    }

    /// Returns other statements in the user's own braces: lints then take the function for the user's.
    pub(crate) fn in_braces(&self, statements: &TokenStream) -> TokenStream {
        let mut block = TokenStream::new();
        self.braces.surround(&mut block, |block| statements.to_tokens(block));
        block
    }

    /// Returns `true` if a word stands somewhere in it.
    pub(crate) fn mentions(&self, word: &Ident) -> bool {
        fn is_in(tokens: TokenStream, word: &Ident) -> bool {
            tokens.into_iter().any(|token| match token {
                TokenTree::Ident(ident) => ident == *word,
                TokenTree::Group(group) => is_in(group.stream(), word),
                _ => false,
            })
        }

        is_in(self.starting_with(None), word)
    }

    /// Returns the statements, where they are understood.
    pub(crate) fn statements(&mut self) -> Option<&mut Vec<Stmt>> {
        match &mut self.content {
            Content::Statements(statements) => Some(statements),
            Content::Unknown(_) => None,
        }
    }
}

impl Parse for Body {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        let braces = braced!(content in input);
        let attributes = content.call(Attribute::parse_inner)?;
        let tokens: TokenStream = content.parse()?;
        let content = match Block::parse_within.parse2(tokens.clone()) {
            Ok(statements) => Content::Statements(statements),
            Err(_) => Content::Unknown(tokens),
        };
        Ok(Self { braces, attributes, content })
    }
}

fn split(statements: &[Stmt]) -> (TokenStream, TokenStream) {
    let is_item = |statement: &&Stmt| matches!(statement, Stmt::Item(_));
    let (items, others) = statements.split_at(statements.iter().take_while(is_item).count());
    let tokens = |statements: &[Stmt]| statements.iter().map(ToTokens::to_token_stream).collect();
    (tokens(items), tokens(others))
}
